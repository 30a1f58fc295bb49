"""The organisation's own app: residents write by /app/v1 until it is kept, and listen."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import jwt
from aiohttp import ClientConnectionError, ClientSession, ClientTimeout, WSMsgType
from aiohttp import WSServerHandshakeError as NoShake

from tests.chaos.doors import RESIDENTS

ISSUER, AUDIENCE = "https://app.example.org", "residents-hub"
PROOF = "of-the-backend-of-the-app-in-chaos"
TABLE = f"""
[[channel]]
id = "app"
kind = "app"
issuer = "{ISSUER}"
audience = "{AUDIENCE}"
hs256 = "{PROOF}"
push_url = "%s"
push_secret = "%s"
"""
LOST = (ClientConnectionError, NoShake, TimeoutError, OSError)
AGAIN = 0.1


class Resident:
    """One app. `heard`: every line that its socket told, by id; `positions` outlive breaks."""

    def __init__(self, who: str, urls: Sequence[str], rng: random.Random) -> None:
        self.heard: Counter[str] = Counter()
        self.positions: dict[str, str] = {}
        self.breaks = 0
        self.writing = 0
        self._who = who
        self._urls = urls
        self._rng = rng

    async def listen(self, http: ClientSession) -> None:
        """Until cancelled; now and then the app itself lets go."""
        while True:
            try:
                await self._once(http, self._rng.randrange(5, 30))
            except LOST:
                await asyncio.sleep(AGAIN)
            self.breaks += 1

    async def _once(self, http: ClientSession, frames: int) -> None:
        async with http.ws_connect(f"{self._rng.choice(self._urls)}/app/v1/live") as socket:
            hello = {"type": "hello", "token": self._token(), "positions": self.positions}
            await socket.send_json(hello)
            for _ in range(frames):
                said = await socket.receive()
                if said.type is not WSMsgType.TEXT:
                    return
                frame = json.loads(said.data)
                if "position" in frame:
                    self.positions[str(frame["case"])] = frame["position"]
                if frame["type"] != "message":
                    continue
                line = frame["message"]
                self.heard[line["id"]] += 1
                if not line["mine"]:
                    word = self._rng.choice(["got", "read"])
                    await socket.send_json(
                        {"type": word, "case": frame["case"], "upto": line["id"]}
                    )

    async def write(self, http: ClientSession, key: str, text: str, times: int) -> None:
        """In a case that the socket told of, or in a new one."""
        path = "/cases"
        if self.positions and self._rng.random() < 0.7:
            path = f"/cases/{self._rng.choice(list(self.positions))}/messages"
        body = {"key": key, "text": text}
        self.writing += 1
        await asyncio.gather(*(self._until_kept(http, path, body) for _ in range(times)))
        self.writing -= 1

    async def _until_kept(self, http: ClientSession, path: str, body: dict[str, str]) -> None:
        while True:
            url = f"{self._rng.choice(self._urls)}/app/v1{path}"
            proof = {"Authorization": f"Bearer {self._token()}"}
            try:
                async with http.post(url, json=body, headers=proof) as answer:
                    if answer.status == 202:
                        return
                    said = await answer.text()
                    assert answer.status in {429, 503}, (path, answer.status, said)
            except LOST:
                pass
            await asyncio.sleep(AGAIN)

    def _token(self) -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": self._who, "name": self._who.title()}
        return jwt.encode({**claims, "iat": now - 5, "exp": now + 1800}, PROOF, "HS256")


class Apps:
    """See tests.chaos.peers. A repeat is the same key twice at once."""

    kind, account, role = "app", "app", "web"

    def __init__(
        self, rng: random.Random, urls: Sequence[str], push_url: str, push_secret: str
    ) -> None:
        self.said: set[str] = set()
        self.repeats = 0
        self._rng = rng
        self._push = (push_url, push_secret)
        self._residents = [Resident(f"anna{at}", urls, rng) for at in range(RESIDENTS)]
        self._listening: list[asyncio.Task[None]] = []
        self._http: ClientSession | None = None

    async def start(self) -> str:
        self._http = ClientSession(timeout=ClientTimeout(total=10))
        return TABLE % self._push

    async def stop(self) -> None:
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    def held(self) -> bool:
        return any(one.positions for one in self._residents)

    async def write(self, number: int) -> None:
        assert self._http is not None
        if not self._listening:
            for one in self._residents:
                self._listening.append(asyncio.create_task(one.listen(self._http)))
        text = f"из приложения {number}"
        times = 2 if self._rng.random() < 0.1 else 1
        self.repeats += times - 1
        resident = self._residents[number % RESIDENTS]
        await resident.write(self._http, f"k{number}", text, times)
        self.said.add(text)

    def busy(self) -> bool:
        """Somebody writes."""
        return any(one.writing for one in self._residents)

    def confirmed(self) -> bool:
        """Every answer to the app was a 202."""
        return True

    async def check(self, cases: Sequence[dict[str, Any]]) -> None:
        """Each line of a dialogue came to its socket, each once, over all breaks."""
        lines = {
            f"{case['_id']}-{entry['seq']}"
            for case in cases
            for entry in case["whole"]
            if entry.get("account") == self.account and entry.get("direction") in {"in", "out"}
        }
        try:
            async with asyncio.timeout(60):
                while not lines <= set(self._heard()):
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"not heard: {sorted(lines - set(self._heard()))[:5]}") from None
        twice = {name: times for name, times in self._heard().items() if times > 1}
        assert not twice, f"heard more than once: {sorted(twice.items())[:5]}"
        assert sum(one.breaks for one in self._residents) > RESIDENTS

    def times(self, name: str, text: str) -> int:
        """As its socket told."""
        return self._heard()[name]

    def _heard(self) -> Counter[str]:
        return sum((one.heard for one in self._residents), Counter())
