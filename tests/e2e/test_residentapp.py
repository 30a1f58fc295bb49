"""The resident app while its socket is cut and the process that serves it is killed."""

from __future__ import annotations

import asyncio
import json
import os
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import (
    ClientConnectionError,
    ClientSession,
    ClientTimeout,
    WSMsgType,
    WSServerHandshakeError,
)

from tests.e2e.api import Api
from tests.support.ports import free_port
from tests.support.processes import Hub, command, environment

SECRET = "a-secret-of-the-apps-backend-2026"
CONFIG = f"""
[organisation]
name = "УК «Дом»"

[[channel]]
id = "app"
kind = "app"
issuer = "https://app.example.org"
audience = "residents-hub"
hs256 = "{SECRET}"
"""
ANSWERS, WORDS = 40, 20
KILLS = 4 if os.environ.get("HUB_CHAOS") == "long" else 1
LOST = (ClientConnectionError, WSServerHandshakeError, TimeoutError, OSError)


def token() -> str:
    now = int(time.time())
    claims = {"iss": "https://app.example.org", "aud": "residents-hub", "sub": "anna"}
    return jwt.encode({**claims, "iat": now - 5, "exp": now + 900}, SECRET, "HS256")


class App:
    """A resident's app that comes back after every break; `heard` is all that it was told."""

    def __init__(self, url: str, http: ClientSession) -> None:
        self.url = url
        self.http = http
        self.heard: list[tuple[int, str, str]] = []
        self.positions: dict[str, str] = {}
        self.breaks = 0
        self.came = asyncio.Condition()

    async def listen(self, cut_every: int) -> None:
        """Until cancelled; after so many frames the app itself lets go."""
        while True:
            try:
                await self._once(cut_every)
            except LOST:
                await asyncio.sleep(0.3)
            self.breaks += 1

    async def _once(self, cut_every: int) -> None:
        async with self.http.ws_connect(f"{self.url}/app/v1/live") as socket:
            hello = {"type": "hello", "token": token(), "positions": self.positions}
            await socket.send_str(json.dumps(hello))
            for _ in range(cut_every):
                said = await socket.receive()
                if said.type is not WSMsgType.TEXT:
                    return
                await self._take(json.loads(said.data))

    async def _take(self, frame: dict[str, Any]) -> None:
        if "position" in frame:
            self.positions[str(frame["case"])] = frame["position"]
        if frame["type"] == "message":
            line = frame["message"]
            async with self.came:
                self.heard.append((frame["case"], line["id"], line["text"]))
                self.came.notify_all()

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Until it is kept, as an app does: the same key again and again."""
        async with asyncio.timeout(120):
            while True:
                try:
                    async with self.http.post(
                        f"{self.url}/app/v1{path}",
                        json=body,
                        headers={"Authorization": f"Bearer {token()}"},
                    ) as answer:
                        if answer.status == 202:
                            said: dict[str, Any] = await answer.json()
                            return said
                        assert answer.status == 503, await answer.text()
                except LOST:
                    pass
                await asyncio.sleep(0.05)

    async def until(self, count: int) -> None:
        """Wait for so many lines."""
        async with asyncio.timeout(240), self.came:
            await self.came.wait_for(lambda: len(self.heard) >= count)


@pytest.mark.chaos
async def test_killed_in_the_middle_nothing_is_missed_and_nothing_comes_twice(
    tmp_path: Path, mongo_url: str, redis_url: str, database: str
) -> None:
    (tmp_path / "hub.toml").write_text(CONFIG)
    (tmp_path / "hub.toml").chmod(0o600)
    env = environment(
        HUB_CONFIG=str(tmp_path / "hub.toml"),
        HUB_DATA_DIR=str(tmp_path / "data"),
        HUB_MONGO_URL=mongo_url.replace("/?", f"/{database}?"),
        HUB_REDIS_URL=redis_url,
        HUB_SECRET_KEY="of-this-trial-alone-and-long-enough",
    )
    await command(env, "init")
    key = (await command(env, "token", "add", "crm", "--scope", "*")).split()[-1]
    ports = [free_port(), free_port()]
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    webs = [
        Hub(f"web{at}", env, tmp_path, "web", "--port", str(port)) for at, port in enumerate(ports)
    ]
    others = [Hub(role, env, tmp_path, role) for role in ("worker", "scheduler")]
    async with AsyncExitStack() as stack:
        for hub in (*webs, *others):
            await hub.start()
            stack.push_async_callback(_end, hub)
        for hub, url in zip(webs, urls, strict=True):
            await hub.serves(url)
        http = await stack.enter_async_context(ClientSession(timeout=ClientTimeout(total=20)))
        api = Api(
            await stack.enter_async_context(
                ClientSession(base_url=urls[1], timeout=ClientTimeout(total=60))
            ),
            key,
        )
        app = App(urls[0], http)
        listening = asyncio.create_task(app.listen(cut_every=9))
        try:
            await _talk(app, api, webs[0], urls[0])
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _talk(app: App, api: Api, web: Hub, url: str) -> None:
    await app.post("/cases", {"key": "first", "text": "Нет воды"})
    await app.until(1)
    number = app.heard[0][0]

    async def answers() -> None:
        for at in range(ANSWERS):
            await api.post(f"/cases/{number}/reply", {"text": f"Ответ {at}", "key": f"a{at}"})

    async def words() -> None:
        for at in range(WORDS):
            await app.post(f"/cases/{number}/messages", {"key": f"w{at}", "text": f"Слово {at}"})

    async def kills() -> None:
        for _ in range(KILLS):
            await app.until(len(app.heard) + 8)
            await web.kill()
            await web.start()
            await web.serves(url)

    await asyncio.gather(answers(), words(), kills())
    await app.until(1 + ANSWERS + WORDS)
    # What comes now would come twice.
    await api.post(f"/cases/{number}/reply", {"text": "Последнее", "key": "last"})
    async with asyncio.timeout(60), app.came:
        await app.came.wait_for(lambda: app.heard[-1][2] == "Последнее")
    ids = [name for _, name, _ in app.heard]
    texts = [text for _, _, text in app.heard]
    assert len(ids) == len(set(ids)) == 2 + ANSWERS + WORDS
    assert [text for text in texts if text.startswith("Ответ")] == [
        f"Ответ {at}" for at in range(ANSWERS)
    ]
    assert [text for text in texts if text.startswith("Слово")] == [
        f"Слово {at}" for at in range(WORDS)
    ]
    assert app.breaks > 2
    print(f"\n{len(ids)} lines over {app.breaks} breaks and {KILLS} kills: none missed, none twice")


async def _end(hub: Hub) -> None:
    if hub.alive:
        await hub.kill()
