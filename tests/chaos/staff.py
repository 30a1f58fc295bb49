"""Staff who answer while processes die: by the API, and by swipe-reply at a phone."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.support.phone import Phone


@dataclass
class Operator:
    """Answers through the API until it is told that the answer stands, in every account in turn:
    only where answers are followed does somebody take them. Operators share `answered`."""

    urls: list[str]
    token: str
    name: str
    rng: random.Random
    accounts: Sequence[str]
    answered: Counter[str]
    answers: dict[str, int] = field(default_factory=dict)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, pace: float) -> None:
        async with aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=aiohttp.ClientTimeout(total=15),
        ) as http:
            for account in itertools.cycle(self.accounts):
                if self.stop.is_set():
                    return
                await asyncio.sleep(pace)
                page = await self._call(http, "GET", f"/cases?limit=40&account={account}")
                numbers = [case["number"] for case in page["items"]]
                if not numbers:
                    continue
                key = f"{self.name}-{len(self.answers)}"
                text = f"ответ {key}"
                number = self.rng.choice(numbers)
                await self._call(http, "POST", f"/cases/{number}/reply", {"text": text, "key": key})
                self.answers[text] = number
                self.answered[account] += 1

    async def _call(
        self, http: aiohttp.ClientSession, verb: str, path: str, body: Any = None
    ) -> Any:
        while True:
            try:
                async with http.request(
                    verb, f"{self.rng.choice(self.urls)}/api/v1{path}", json=body
                ) as answer:
                    if answer.status < 300:
                        return await answer.json()
                    said = await answer.text()
                    assert answer.status >= 500, (verb, path, answer.status, said)
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.1)


@dataclass
class Swiper:
    """An operator at the phone: answers new messages by swipe-reply."""

    url: str
    person: int
    bot: str
    answered: dict[str, int] = field(default_factory=dict)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, pace: float) -> None:
        async with Phone(self.url, self.person, self.bot) as phone:
            seen: set[int] = set()
            while not self.stop.is_set():
                await asyncio.sleep(pace)
                fresh = [
                    message
                    for message in (await phone.history())[-60:]
                    if message.from_bot
                    and message.id not in seen
                    and ("телеграм 5" in message.text or "сообщение s" in message.text)
                ]
                if not fresh:
                    continue
                target = fresh[-1]
                seen.add(target.id)
                text = f"с телефона {target.id}"
                await phone.reply(target.id, text)
                self.answered[text] = target.id

    async def asked(self) -> dict[str, str]:
        """Answers about which the bot asked: a message that was sent while its process died is not
        known to the hub, so an answer to it is a text that nothing asked for. Text → its words."""
        async with Phone(self.url, self.person, self.bot) as phone:
            history = await phone.history()
        said: dict[str, str] = {}
        for message in history:
            mark = message.text.startswith(("⏳", "✓"))
            if message.from_bot and message.reply in self.answered and not mark:
                said[message.reply] = message.text
        return said
