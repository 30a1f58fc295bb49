"""What is done in one place stands in the others by itself: bot, desk, API. How soon is printed; a
second is promised of a machine that does nothing else."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.e2e.house import EMMA, PAVEL, VERA, House
from tests.support.desk import Browser

pytestmark = pytest.mark.asyncio(loop_scope="package")

Look = Callable[[], Awaitable[bool]]


class Ear:
    """What an open page hears on its stream."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, dict[str, Any]]] = []

    async def listen(self, http: ClientSession, opened: asyncio.Event) -> None:
        async with http.get("/desk/live") as stream:
            assert stream.content_type == "text/event-stream"
            async for line in stream.content:
                opened.set()
                if line.startswith(b"data: {") and line.strip() != b"data: {}":
                    self.heard.append((time.monotonic(), json.loads(line[6:])))

    async def of(self, number: int, since: float, what: str) -> float:
        """Seconds from `since` until the page was told of this case."""
        async with asyncio.timeout(60):
            while True:
                for at, event in self.heard:
                    if at >= since and event["case"] == number and what in event["what"]:
                        return at - since
                await asyncio.sleep(0.005)


@asynccontextmanager
async def open_page(http: ClientSession) -> AsyncIterator[Ear]:
    ear, opened = Ear(), asyncio.Event()
    listening = asyncio.create_task(ear.listen(http, opened))
    try:
        async with asyncio.timeout(60):
            await opened.wait()
        yield ear
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def seconds(since: float, look: Look) -> float:
    """How long after `since` it was so."""
    async with asyncio.timeout(60):
        while not await look():
            await asyncio.sleep(0.005)
    return time.monotonic() - since


async def test_bot_and_web_show_the_same(house: House) -> None:
    text, answer, more = "Свет на лестнице не горит", "Электрик идёт", "И на втором темно"
    house.said += [text, answer, more]
    resident, emma, vera = house.phone(PAVEL), house.phone(EMMA), house.phone(VERA)
    browser, http = await house.browser("emma")
    await resident.start()
    await house.rested(EMMA, VERA)
    took: dict[str, float] = {}

    async def desk_shows(words: str) -> bool:
        return words in await _pane(browser, number)

    async with open_page(http) as ear:
        # A resident writes: the phones of both operators.
        began = time.monotonic()
        await resident.say(text)
        card, _ = await asyncio.gather(emma.wait_for(text), vera.wait_for(text))
        took["resident → operators' phones"] = time.monotonic() - began
        number = (await house.api.find(text))["number"]

        # Taken in the bot: the open page is told, and shows it when it looks; so does the card of
        # the other operator.
        began = time.monotonic()
        await emma.press("Взять", on=card)
        took["bot → page is told"], took["bot → desk"], _ = await asyncio.gather(
            ear.of(number, began, "people"),
            seconds(began, lambda: desk_shows("В работе")),
            vera.wait_for(lambda seen: f"№{number} ·" in seen.text and "Аксакова" in seen.text),
        )
        took["bot → the other's card"] = time.monotonic() - began
        assert (await house.api.get(f"/cases/{number}"))["operator"] == "emma"

        # Answered at the desk: the resident has it, the page hears of the delivery.
        began = time.monotonic()
        form = {"text": answer, "key": "same-1"}
        said = await browser.post(f"/desk/cases/{number}/reply", form, htmx=True)
        assert said.status == 200, await said.text()
        await resident.wait_for(answer)
        took["desk → resident's phone"] = time.monotonic() - began
        took["desk → delivery told"] = await ear.of(number, began, "delivery")

        # The resident goes on.
        began = time.monotonic()
        await resident.say(more)
        took["resident → page is told"], took["resident → desk"] = await asyncio.gather(
            ear.of(number, began, "message"), seconds(began, lambda: desk_shows(more))
        )
        await emma.wait_for(more)
    print("\n" + ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in took.items()))


async def _pane(browser: Browser, number: int) -> str:
    answer = await browser.get(f"/desk/cases/{number}/pane", htmx=True)
    assert answer.status == 200
    return await answer.text()
