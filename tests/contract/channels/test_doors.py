"""The security suite that every receiver inherits, through the hub's real door."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from typing import Any

import aiohttp
import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from hub.domain.errors import StoreDown
from hub.domain.message import stable_id
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel import Forged, Kept, Key, Malformed, RawRequest, Unreadable
from tests.contract.channels.samples import (
    ACCOUNT,
    NOW,
    FrozenClock,
    as_raw,
    built,
    doors,
    encoded,
    load,
    plain,
    proof,
    receivers,
    samples,
)
from tests.support.examples import examples

every = pytest.mark.parametrize("kind", doors())
closed = pytest.mark.parametrize("kind", sorted({*receivers()} - {*doors()}))
both = pytest.mark.parametrize("kind", receivers())


class Written:
    """An inbox as the door sees it: unique by the event's name, everything written down."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}
        self.written: list[bytes] = []
        self.down = False

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        if self.down:
            raise StoreDown
        row = stable_id(raw.account, key.external_id)
        if row in self.rows:
            other = key.strict and self.rows[row] != raw.body
            return Kept(row, "conflict" if other else "repeat")
        self.rows[row] = raw.body
        self.written.append(msgspec.msgpack.encode(raw))
        return Kept(row, "new")


def first(kind: str) -> dict[str, Any]:
    return next(load(path) for sample_kind, path in samples() if sample_kind == kind)


def proven(kind: str) -> RawRequest:
    return as_raw(kind, first(kind))


def bare(kind: str) -> RawRequest:
    """The first sample as a stranger would send it."""
    return plain(first(kind))


class Door:
    def __init__(self, url: str, http: aiohttp.ClientSession, inbox: Written) -> None:
        self.url, self.http, self.inbox = url, http, inbox
        self.port = int(url.rpartition(":")[2])

    async def post(self, raw: RawRequest, **headers: str) -> tuple[int, bytes, Any]:
        path = f"{self.url}{raw.path}" + (f"?{raw.query}" if raw.query else "")
        async with self.http.request(
            raw.method, path, data=io.BytesIO(raw.body), headers={**raw.headers, **headers}
        ) as answer:
            return answer.status, await answer.read(), answer.headers


@asynccontextmanager
async def opened(kind: str) -> AsyncIterator[Door]:
    inbox = Written()
    ingress = Ingress({ACCOUNT: built(kind)}, inbox, FrozenClock())
    async with (
        serving(build(ingress.routes()), "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as http,
    ):
        yield Door(f"http://127.0.0.1:{port}", http, inbox)


@every
async def test_proven_is_kept_and_answered(kind: str) -> None:
    async with opened(kind) as door:
        status, _, _ = await door.post(proven(kind))
        assert 200 <= status < 300
        assert len(door.inbox.rows) == 1


@every
async def test_without_proof_nothing_is_kept(kind: str) -> None:
    async with opened(kind) as door:
        status, _, _ = await door.post(bare(kind))
        assert status == 401
        assert not door.inbox.rows


@closed
async def test_nobody_posts_to_who_fetches_for_themselves(kind: str) -> None:
    async with opened(kind) as door:
        raw = bare(kind)
        for method in ("POST", "GET"):
            raw.method = method
            status, _, _ = await door.post(raw)
            assert status in {401, 403}
        raw.method = "POLL"
        assert (await door.post(raw))[0] in {400, 405}
        assert not door.inbox.rows


@every
async def test_wrong_proof_is_refused(kind: str) -> None:
    raw = bare(kind)
    proof(kind).spoil(raw)
    async with opened(kind) as door:
        status, _, _ = await door.post(raw)
        assert status == 403
        assert not door.inbox.rows


@every
async def test_proof_for_another_body_does_not_open(kind: str) -> None:
    if not proof(kind).AGES:
        pytest.skip("this provider's proof does not cover the body")
    raw = proven(kind)
    raw.body += b" "
    async with opened(kind) as door:
        assert (await door.post(raw))[0] == 403
        assert not door.inbox.rows


@every
@pytest.mark.parametrize("minutes", [-6, 6])
async def test_stale_or_future_proof_is_refused(kind: str, minutes: int) -> None:
    if not proof(kind).AGES:
        pytest.skip("this provider's proof says nothing of time")
    raw = bare(kind)
    raw.received_at = NOW + timedelta(minutes=minutes)
    proof(kind).prove(raw)
    async with opened(kind) as door:
        assert (await door.post(raw))[0] == 403
        assert not door.inbox.rows


@every
async def test_replay_gets_the_same_answer_and_is_one_row(kind: str) -> None:
    async with opened(kind) as door:
        once = await door.post(proven(kind))
        again = await door.post(proven(kind))
        assert once[:2] == again[:2]
        assert len(door.inbox.rows) == 1


@every
async def test_too_large_is_refused_before_it_is_read(kind: str) -> None:
    async with opened(kind) as door:
        raw = proven(kind)
        raw.body = b" " * (built(kind).max_body + 1)
        proof(kind).prove(raw)
        status, _, headers = await door.post(raw)
        assert status == 413
        assert headers["Connection"] == "close"
        assert not door.inbox.rows


@every
async def test_too_large_without_a_length_is_refused_while_it_streams(kind: str) -> None:
    limit = built(kind).max_body

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(0, limit * 50, 1024):
            yield b" " * 1024

    async with opened(kind) as door:
        raw = proven(kind)
        # The server may close before everything is written: both ends of it are a refusal.
        try:
            async with door.http.post(
                door.url + raw.path, data=endless(), headers=raw.headers
            ) as answer:
                assert answer.status == 413
        except aiohttp.ClientConnectionError:
            pass
        assert not door.inbox.rows


@every
@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 1000\r\n\r\nabc",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabcde\r\n",
        b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    ],
    ids=["short", "chunk missing", "no chunk", "not packed"],
)
async def test_a_body_that_breaks_off_is_no_error_of_ours(
    kind: str, rest: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(kind) as door:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"POST /in/acct HTTP/1.1\r\nHost: x\r\n" + rest)
        writer.write_eof()
        said = await reader.read()
        writer.close()
        await writer.wait_closed()
        assert b" 500 " not in said
        assert not door.inbox.rows
        assert 200 <= (await door.post(proven(kind)))[0] < 300
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@every
async def test_when_the_store_is_down_the_provider_is_told_to_come_again(kind: str) -> None:
    async with opened(kind) as door:
        door.inbox.down = True
        status, _, headers = await door.post(proven(kind))
        assert status == 503
        assert int(headers["Retry-After"]) > 0
        door.inbox.down = False
        assert 200 <= (await door.post(proven(kind)))[0] < 300


@every
async def test_secrets_are_in_nothing_that_is_kept_answered_or_logged(
    kind: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [secret.encode() for secret in proof(kind).SECRETS]
    async with opened(kind) as door:
        raw = proven(kind)
        proofs = {
            value
            for name, value in raw.headers.items()
            if name not in {"content-type", "x-hub-timestamp"}
        }
        _, told, _ = await door.post(raw, Authorization="Bearer abcdef", Cookie="session=abcdef")
        spoilt = bare(kind)
        proof(kind).spoil(spoilt)
        _, refused, _ = await door.post(spoilt)
    out = capsys.readouterr()
    for secret in [*secrets, b"abcdef", *(value.encode() for value in proofs)]:
        for place in [*door.inbox.written, told, refused]:
            assert secret not in place
        assert secret.decode() not in caplog.text + out.out + out.err


@every
async def test_unknown_account_and_method_are_refused(kind: str) -> None:
    async with opened(kind) as door:
        async with door.http.post(door.url + "/in/nobody", data=b"{}") as answer:
            assert answer.status == 404
        async with door.http.request("POLL", door.url + f"/in/{ACCOUNT}", data=b"{}") as answer:
            assert answer.status in {400, 405}
        assert not door.inbox.rows


@both
@given(body=st.one_of(st.binary(max_size=2000), st.text(max_size=500).map(str.encode)))
@examples(150, suppress_health_check=list(HealthCheck))
def test_garbage_never_breaks_a_receiver(kind: str, body: bytes) -> None:
    _never_breaks(kind, body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)


@both
@given(data=st.data())
@examples(150, suppress_health_check=list(HealthCheck))
def test_a_sample_with_garbage_in_it_never_breaks_a_receiver(
    kind: str, data: st.DataObject
) -> None:
    """Every field of real messages replaced by something else, at any depth."""
    told = data.draw(st.sampled_from(_told(kind)))
    if told.get("form"):
        told = {**told, "form": _spoilt(data, told["form"])}
        _never_breaks(kind, encoded(told), told.get("path", ""))
    else:
        spoilt = _spoilt(data, told.get("body", ""))
        _never_breaks(kind, msgspec.json.encode(spoilt), told.get("path", ""))


@cache
def _told(kind: str) -> list[dict[str, Any]]:
    return [load(path)["raw"] for sample_kind, path in samples() if sample_kind == kind]


def _spoilt(data: st.DataObject, value: Any) -> Any:
    if isinstance(value, dict) and value:
        chosen = data.draw(st.sampled_from(sorted(value)))
        return {**value, chosen: _spoilt(data, value[chosen])}
    if isinstance(value, list) and value:
        return [_spoilt(data, value[0]), *value[1:]]
    return data.draw(json_values)


_receiver = cache(built)


def _never_breaks(kind: str, body: bytes, path: str = "") -> None:
    receiver = _receiver(kind)
    raw = RawRequest(
        account=ACCOUNT, method="POST", path=f"/in/{ACCOUNT}{path}", body=body, received_at=NOW
    )
    with pytest.raises(Forged):
        receiver.verify(raw)
    proof(kind).prove(raw)
    receiver.verify(raw)
    try:
        key = receiver.key(raw)
    except Malformed:
        pass
    else:
        assert key.lane
        assert 0 < len(key.external_id) <= 300
    try:
        for received in receiver.parse(raw):
            assert received.account == ACCOUNT
            # What is understood can be stored: numbers within 64 bits, no lone surrogates.
            msgspec.msgpack.encode(received)
    except Unreadable:
        pass
