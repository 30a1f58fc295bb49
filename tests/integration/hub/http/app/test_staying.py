"""Who may stay on the socket, for how long, and how much they may say."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from hub.http.app import line as wire
from hub.http.app import live
from hub.http.app.ears import SOCKETS
from tests.support.residentapp import AppWorld, Client, Line, Phone, serving


@pytest.mark.parametrize(
    "first",
    ['{"type":"ping"}', "no json", '{"type":"hello"}', '{"type":"hello","token":5}', "[" * 5000],
)
async def test_who_does_not_say_who_they_are_is_sent_away(client: Client, first: str) -> None:
    line = Line(await client.ws_connect("/app/v1/live"))
    await line.socket.send_str(first)
    assert await line.closed() == live.NO_HELLO


async def test_who_says_nothing_is_sent_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HELLO", 0.05)
    line = Line(await client.ws_connect("/app/v1/live"))
    assert await line.closed() == live.NO_HELLO


async def test_a_token_that_proves_nobody_ends_it(client: Client, world: AppWorld) -> None:
    for token in ("nonsense", world.token(aud="another"), world.token(seconds=-60, iat=1)):
        line = Line(await client.ws_connect("/app/v1/live"))
        await line.say(type="hello", token=token)
        assert (await line.hear())["key"] == "app_token"
        assert await line.closed() == live.NO_TOKEN


async def test_before_the_token_ends_another_is_asked_for(world: AppWorld, client: Client) -> None:
    anna = Phone(client, world.token(seconds=30))
    line = await anna.listen()
    frames = await line.until("synced")
    assert {"type": "expiring", "after": 30} in frames
    await line.say(type="auth", token=world.token(seconds=900))
    assert (await line.hear())["type"] == "welcome"
    await line.say(type="auth", token=world.token("boris", seconds=900))
    assert (await line.hear())["key"] == "app_token"
    assert await line.closed() == live.NO_TOKEN


async def test_who_has_no_other_token_is_sent_away(world: AppWorld, client: Client) -> None:
    anna = Phone(client, world.token(seconds=30))
    line = await anna.listen()
    await line.until("synced")
    world.clock.forward(seconds=61)
    world.radio.lose()
    assert (await line.until("refused"))[-1]["key"] == "app_token"
    assert await line.closed() == live.NO_TOKEN


async def test_a_frame_that_is_no_frame_is_refused_and_the_rest_goes_on(
    world: AppWorld, anna: Phone
) -> None:
    line = await anna.listen()
    await line.until("synced")
    for odd in ("{", "[]", '{"type":"drop"}', '{"type":"read","case":0,"upto":"1-1"}'):
        await line.socket.send_str(odd)
        assert (await line.hear())["key"] == "malformed"
    await line.say(type="read", case=5, upto="5-1")
    assert (await line.hear())["key"] == "not_found"
    await line.say(type="ping")
    assert (await line.hear())["type"] == "pong"


async def test_too_much_too_fast_ends_it(anna: Phone) -> None:
    line = await anna.listen()
    await line.until("synced")
    for _ in range(live.FRAMES + 1):
        await line.say(type="ping")
    assert await line.closed() == live.TOO_MUCH


async def test_a_frame_too_large_ends_it(anna: Phone) -> None:
    line = await anna.listen()
    await line.until("synced")
    await line.socket.send_str(json.dumps({"type": "auth", "token": "x" * live.MAX_FRAME}))
    assert await line.closed() == 1009


async def test_only_so_many_devices_of_one_resident(anna: Phone, boris: Phone) -> None:
    lines = [await anna.listen() for _ in range(SOCKETS)]
    for line in lines:
        await line.until("synced")
    assert await (await anna.listen()).closed() == live.TOO_MUCH
    await (await boris.listen()).until("synced")


async def test_presence_ends_with_the_last_device(world: AppWorld, anna: Phone) -> None:
    first, second = await anna.listen(), await anna.listen()
    for line in (first, second):
        await line.until("synced")
    assert world.presence.names == {"app:anna"}
    await first.socket.close()
    await second.say(type="ping")
    assert (await second.hear())["type"] == "pong"
    assert world.presence.names == {"app:anna"}
    await second.socket.close()
    async with asyncio.timeout(60):
        while world.presence.names:
            await asyncio.sleep(0.01)


async def test_a_stop_of_the_server_lets_the_app_go_elsewhere(world: AppWorld) -> None:
    async with serving(world) as client:
        line = await Phone(client, world.token()).listen()
        await line.until("synced")
        closing = asyncio.create_task(line.closed())
        await client.server.close()
        assert await closing == live.GOING


async def test_a_page_of_another_host_may_not_listen(client: Client) -> None:
    answer = await client.get("/app/v1/live", headers={"Origin": "https://evil.example"})
    assert answer.status == 403


async def test_who_does_not_listen_is_let_go_and_holds_nobody_up(
    world: AppWorld, anna: Phone, boris: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SLOW", 0.3)
    for number in range(150):
        await anna.begin("Очень много слов. " * 1100, f"k{number}")
    await world.settle()
    deaf = Line(await anna.client.ws_connect("/app/v1/live", max_msg_size=0))
    transport = deaf.socket._response.connection.transport  # type: ignore[union-attr]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    transport.pause_reading()  # type: ignore[attr-defined]
    await deaf.say(type="hello", token=anna.token)
    async with asyncio.timeout(60):
        while "app:anna" not in world.presence.names:
            await asyncio.sleep(0.01)
        await boris.begin("Нет воды", "b1")
        await world.settle()
        told = await (await boris.listen()).until("synced")
        said = [one["message"]["text"] for one in told if one["type"] == "message"]
        assert said == ["Нет воды"]
        # Its connection ends, and with it everything that was held for it.
        while "app:anna" in world.presence.names:
            await asyncio.sleep(0.01)
    transport.resume_reading()  # type: ignore[attr-defined]
