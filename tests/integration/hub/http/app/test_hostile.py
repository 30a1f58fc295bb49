"""Calls of the app that nobody in their right mind would make: each is decided upon."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from hub.http.api.problems import MIME
from hub.http.app import ROUTES
from hub.http.app.frames import FROM_APP
from tests.support.api import furnish
from tests.support.examples import examples
from tests.support.hostile import HEADERS, JSON, WORDS, body_of, sendable
from tests.support.residentapp import AppWorld, Phone, serving

IDS = WORDS | st.sampled_from(["1-1", "1-2", "2-1", "777-1", "1-999999999", "k1", "0-0"])
Call = tuple[str, str, dict[str, str], bytes, dict[str, str]]


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """One call of some route of the table."""
    route = draw(st.sampled_from(ROUTES))
    number = str(draw(st.sampled_from([1, 2, 777]) | st.integers(0, 10**9)))
    ident = quote(draw(IDS), safe="") or "x"
    path = route.plain_path.replace("{number}", number).replace("{id}", ident)
    fields = [*route.query.__struct_fields__, "odd"]
    query = draw(st.dictionaries(st.sampled_from(fields), IDS, max_size=3))
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


@given(many=st.lists(calls(), min_size=1, max_size=12))
@examples(40, suppress_health_check=list(HealthCheck))
def test_every_call_is_decided(many: list[Call]) -> None:
    asyncio.run(_decided(many))


async def _decided(many: list[Call]) -> None:
    world = AppWorld()
    await furnish(world)
    async with serving(world) as client:
        anna, boris = Phone(client, world.token("anna")), Phone(client, world.token("boris"))
        await anna.begin("Нет воды", "k1")
        await boris.begin("Нет света", "k1")
        await world.settle()
        for method, path, query, body, headers in many:
            response = await anna.call(
                method, path, params=query, data=body or None, headers=headers
            )
            said = await response.text(errors="replace")
            assert response.status < 500, (method, path, query, body, said)
            if response.status >= 400:
                assert response.content_type == MIME, (path, said)
                assert json.loads(said)["status"] == response.status
        await world.settle()
        other = await world.services.book.load(2)
        assert [entry.text for entry in other.thread] == ["Нет света"]


@given(frames=st.lists(st.one_of(*(body_of(one) for one in FROM_APP), JSON), max_size=15))
@examples(25, suppress_health_check=list(HealthCheck))
def test_every_frame_is_decided(frames: list[Any]) -> None:
    asyncio.run(_heard(frames))


async def _heard(frames: list[Any]) -> None:
    world = AppWorld()
    await furnish(world)
    async with serving(world) as client:
        anna = Phone(client, world.token("anna"))
        await anna.begin("Нет воды", "k1")
        await world.settle()
        line = await anna.listen()
        await line.until("synced")
        for at, frame in enumerate(frames):
            if isinstance(frame, dict):
                frame = {"type": ("read", "got", "typing", "ping")[at % 4], **frame}
            await line.socket.send_str(json.dumps(frame))
        await line.say(type="ping")
        # It is still there, whatever was said.
        await line.until("pong")
