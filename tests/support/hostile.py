"""Calls of the API that nobody in their right mind would make."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from hub.http.api.problems import MIME
from hub.http.api.table import ROUTES
from tests.support.api import Program

Call = tuple[str, str, dict[str, str], bytes, dict[str, str]]


def cursor(*place: object) -> str:
    """A cursor that looks like one of ours."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


CURSORS = [cursor(1, 1), cursor(-1, 1), cursor(10**30, 1), cursor(1, 10**30), cursor(1, "x")]
WORDS = st.text(max_size=30) | st.sampled_from(
    [
        *("", "1", "emma", "north", "done", "request", "new", "closed", "2026-11-24T12:00:00Z"),
        *("$where", "\x00", "../", "+79161234567", "0001-01-01T00:00:00+14:00"),
        *CURSORS,
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
    """What a header can carry."""
    return "".join(sign for sign in value if sign.isprintable() and ord(sign) < 256)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """One call of some route of the table."""
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


async def decided(api: Program, call: Call) -> None:
    """Make the call; fails the test unless the answer is a decision in the promised form."""
    method, path, query, body, headers = call
    response = await api.call(method, path, params=query, data=body or None, headers=headers)
    said = await response.text(errors="replace")
    assert response.status < 500, (call, said)
    if response.status >= 400:
        assert response.content_type == MIME, (call, said)
        problem = json.loads(said)
        assert problem["status"] == response.status
        assert problem["key"]
        assert problem["title"]
