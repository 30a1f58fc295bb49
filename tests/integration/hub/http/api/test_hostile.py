"""Whatever is sent, the answer is a decision and never a failure."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.api import Program
from tests.support.hostile import Call, calls, decided
from tests.support.world import World


@settings(
    max_examples=100,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(calls(), min_size=1, max_size=8))
async def test_no_input_is_a_failure(api: Program, world: World, several: list[Call]) -> None:
    if await world.store.cases.get(1) is None:
        await world.say("Нет воды")
        await world.say("Лифт стоит", "boris")
    for call in several:
        await decided(api, call)


PIECES = st.sampled_from(
    [
        b"--x\r\n",
        b"--x--\r\n",
        b"--x--",
        b"\r\n",
        b"\r\n\r\n",
        b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n',
        b'Content-Disposition: form-data; name="file"\r\n',
        b"Content-Disposition: form-data; filename*=UTF-8''%ff%fe\r\n",
        b"Content-Disposition: ;;;=\r\n",
        b"Content-Type: multipart/mixed; boundary=y\r\n",
        b"Content-Type: text/plain; charset=odd\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: odd\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Length: -5\r\n",
        b"Content-Length: 99999\r\n",
        b"--y\r\n",
        b"=0",
        b"abc",
    ]
) | st.binary(max_size=20)


# aiohttp only warns of these; with warnings as errors it would not even refuse the form.
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionParam")
@settings(
    max_examples=1000,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(PIECES, max_size=14))
async def test_no_form_is_a_failure(api: Program, pieces: list[bytes]) -> None:
    mime = "multipart/form-data; boundary=x"
    await decided(api, ("POST", "/files", {}, b"".join(pieces), {"Content-Type": mime}))
