"""Residents, and the programs that get answers: what flows while processes die."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
from aiohttp import web

from tests.support.phone import Phone
from tests.support.site import signature, signed

SECRET = "chaos-secret-of-the-site-account"


@dataclass
class Site:
    """A program with many residents: posts until the hub confirms, repeats, mixes the order."""

    urls: list[str]
    rng: random.Random
    confirmed: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    repeats: int = 0

    async def run(self, residents: int, each: int, pace: float) -> None:
        base = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        posts = []
        for resident in range(residents):
            for at in range(each):
                posts.append(
                    (f"s{resident}-{at}", f"resident{resident}", base + timedelta(seconds=at))
                )
        # Neighbours change places: later ones come first here and there.
        for at in range(len(posts) - 3):
            if self.rng.random() < 0.2:
                other = at + self.rng.randrange(1, 4)
                posts[at], posts[other] = posts[other], posts[at]
        gate = asyncio.Semaphore(16)
        async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
            for post in posts:
                await asyncio.sleep(pace)
                await gate.acquire()
                group.create_task(self._post(http, gate, *post))

    async def _post(
        self,
        http: aiohttp.ClientSession,
        gate: asyncio.Semaphore,
        name: str,
        who: str,
        at: datetime,
    ) -> None:
        body = json.dumps(
            {
                "id": name,
                "from": {"name": who.title(), "external_id": who},
                "text": f"сообщение {name}",
                "sent_at": at.isoformat(),
                "files": [
                    {
                        "name": "фото.txt",
                        "mime": "text/plain",
                        "data": base64.b64encode(name.encode()).decode(),
                    }
                ]
                if self.rng.random() < 0.02
                else [],
            }
        ).encode()
        times = 2 if self.rng.random() < 0.1 else 1
        self.repeats += times - 1
        try:
            await asyncio.gather(*(self._until_kept(http, body) for _ in range(times)))
        finally:
            gate.release()
        self.confirmed[name] = (who, at)

    async def _until_kept(self, http: aiohttp.ClientSession, body: bytes) -> None:
        while True:
            try:
                async with http.post(
                    f"{self.rng.choice(self.urls)}/in/site",
                    data=body,
                    headers=signed(body, SECRET),
                    timeout=aiohttp.ClientTimeout(total=10),
                ) as answer:
                    if answer.status == 202:
                        return
                    assert answer.status == 503, (answer.status, await answer.text())
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)


@dataclass
class Telegrams:
    """Residents with phones at the local Telegram."""

    url: str
    people: list[int]
    bot: str
    said: dict[str, int] = field(default_factory=dict)

    async def run(self, each: int, pace: float) -> None:
        phones = [Phone(self.url, person, self.bot) for person in self.people]
        for phone in phones:
            await phone.start()
        for at in range(each):
            for phone in phones:
                text = f"телеграм {phone.person_id}-{at}"
                await phone.say(text)
                self.said[text] = phone.person_id
                await asyncio.sleep(pace)
        for phone in phones:
            await phone.close()


class Receiver:
    """The program's own door: answers come here; it fails now and then, and counts by id."""

    def __init__(self, rng: random.Random) -> None:
        self.accepted: Counter[str] = Counter()
        self.texts: dict[str, str] = {}
        self.forged = 0
        self._rng = rng
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        app = web.Application()
        app.router.add_post("/answers", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/answers"

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        stamp = request.headers["X-Hub-Timestamp"]
        if request.headers["X-Hub-Signature"] != signature(SECRET, stamp, body):
            self.forged += 1
            return web.Response(status=403)
        dice = self._rng.random()
        if dice < 0.03:
            return web.Response(status=503)
        answer = json.loads(body)
        self.accepted[answer["id"]] += 1
        self.texts[answer["id"]] = answer["text"]
        if dice < 0.05 and request.transport is not None:
            # Taken, but the word about it is lost: it comes again with the same id.
            request.transport.close()
        return web.Response(status=204)
