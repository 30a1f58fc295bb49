"""Whatever is sent, the answer is a decision and never a failure."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.http.api.problems import MIME
from hub.http.api.table import ROUTES
from tests.support.api import Program
from tests.support.world import World

WORDS = st.text(max_size=30) | st.sampled_from(
    [
        "",
        "1",
        "emma",
        "north",
        "done",
        "request",
        "2026-11-24T12:00:00Z",
        "$where",
        "\x00",
        "’",
        "../",
    ]
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([0, 1, 2**31, 2**53, 2**63, -1])
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)
HEADERS = {
    "If-Match": WORDS | st.sampled_from(['"1"', "*", '"99999999999999999999"']),
    "Range": WORDS | st.sampled_from(["bytes=0-", "bytes=-1", "bytes=99999999999999999999-"]),
    "Content-Type": WORDS
    | st.sampled_from(["application/json", "multipart/form-data; boundary=x"]),
    "Accept-Language": WORDS,
}


def body_of(shape: Any) -> st.SearchStrategy[Any]:
    """Bodies whose fields have the right names, and often the right values."""
    named = st.fixed_dictionaries(
        {}, optional=dict.fromkeys(shape.__struct_fields__, JSON) | {"odd": JSON}
    )
    return named | JSON


def sendable(value: str) -> str:
    return "".join(sign for sign in value if sign.isprintable() and ord(sign) < 256)


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, str, dict[str, str], bytes, dict[str, str]]:
    route = draw(st.sampled_from(ROUTES))
    number = str(draw(st.sampled_from([1, 2, 3, 999]) | st.integers(0, 10**9)))
    ident = quote(draw(WORDS), safe="") or "x"
    path = route.plain_path.replace("{number}", number).replace("{id}", ident)
    fields = route.query.__struct_fields__
    query = draw(st.dictionaries(st.sampled_from([*fields, "odd"]), WORDS, max_size=3))
    chosen = draw(st.sets(st.sampled_from(sorted(HEADERS)), max_size=2))
    headers = {name: sendable(draw(HEADERS[name])) for name in chosen}
    if draw(st.integers(0, 5)) == 0:
        body = draw(st.binary(max_size=200))
    elif route.body is not None:
        body = json.dumps(draw(body_of(route.body))).encode()
        headers["Content-Type"] = "application/json"
    else:
        body = b""
    return route.method, path, query, body, headers


@settings(
    max_examples=150,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(calls(), min_size=1, max_size=8))
async def test_no_input_is_a_failure(api: Program, world: World, several: list[Any]) -> None:
    if await world.store.cases.get(1) is None:
        await world.say("Нет воды")
        await world.say("Лифт стоит", "boris")
    for method, path, query, body, headers in several:
        response = await api.call(method, path, params=query, data=body or None, headers=headers)
        said = await response.text(errors="replace")
        assert response.status < 500, (method, path, query, body, said)
        if response.status >= 400:
            assert response.content_type == MIME, (method, path, said)
            problem = json.loads(said)
            assert problem["status"] == response.status
            assert problem["key"]
            assert problem["title"]
