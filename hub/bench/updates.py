"""How many updates of a staff bot a second are handled, beside a bare aiogram dispatcher.

Both read the same updates from JSON, hold everything in memory and speak to a session that sends
nothing: a third are plain words, a third commands, a third pressed keys. The bare dispatcher has
a router for each and answers with one message; the hub finds out who speaks and what they asked
for, asks its services, renders its templates and puts letters away. Turns alternate, and figures
are of processor time: other work on the machine slows both alike.
"""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import cache
from importlib.resources import files
from typing import Any, cast

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.base import BaseSession
from aiogram.filters import Command
from aiogram.methods import AnswerCallbackQuery, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import CallbackQuery, Message, Update

from bots.build import build_staff, staff_bot
from hub.bench.figures import percentile_ms
from hub.bench.memory import PERSON, Dialogues, services

UPDATES = 3000
TURNS = 5
TOKEN = "1:bench"  # noqa: S105
Handle = Callable[[int, bytes], Awaitable[object]]


async def measure(updates: int = UPDATES) -> dict[str, Any]:
    """``updates`` in each of several turns, by turns."""
    bodies = [body(number) for number in range(updates)]
    bot = Bot(TOKEN, session=Silent())
    hub, bare = _hub(bot), _bare(bot)
    # What was there before is no part of the work, and not to be looked through in it.
    gc.collect()
    gc.freeze()
    await _turn(hub, bodies[:300])
    await _turn(bare, bodies[:300])
    times: dict[str, list[float]] = {"hub": [], "bare": []}
    for _ in range(TURNS):
        for name, handle in (("bare", bare), ("hub", hub)):
            times[name].append(await _turn(handle, bodies))
    kinds = {
        kind: round(await _best(bare, bodies[at::3]) / await _best(hub, bodies[at::3]), 2)
        for at, kind in enumerate(("words", "commands", "keys"))
    }
    gc.unfreeze()
    handled, plain = (updates / min(times[name]) for name in ("hub", "bare"))
    return {
        "handled_per_s": round(handled),
        "bare_per_s": round(plain),
        "ratio": round(handled / plain, 2),
        **{f"ratio_{kind}": ratio for kind, ratio in kinds.items()},
        "cpu_ms_per_update": round(1000 / handled, 3),
        "bare_cpu_ms_per_update": round(1000 / plain, 3),
        "median_ratio": round(
            percentile_ms(times["bare"], 0.5) / percentile_ms(times["hub"], 0.5), 2
        ),
        "updates": updates,
    }


async def _turn(handle: Handle, bodies: list[bytes]) -> float:
    """Seconds of processor time for these updates, one after the other."""
    began = time.process_time()
    for number, one in enumerate(bodies):
        await handle(number, one)
        if number % 100 == 99:
            # What was put off to the next turn of the loop is part of the work.
            await asyncio.sleep(0)
    return time.process_time() - began


async def _best(handle: Handle, bodies: list[bytes]) -> float:
    return min([await _turn(handle, bodies) for _ in range(TURNS)])


def body(number: int, person: int = PERSON) -> bytes:
    """An update as Telegram sends it: words, a command, or a pressed key."""
    who = {"id": person, "is_bot": False, "first_name": "Emma", "language_code": "ru"}
    chat = {"id": person, "first_name": "Emma", "type": "private"}
    place = {"message_id": 10 + number, "chat": chat, "date": 1795410000 + number}
    (kind, event), *_ = _kinds()[number % 3].items()
    if kind == "message":
        event = {**place, "from": who, **event}
    else:
        event = {**event, "id": str(4_000_000_000 + number), "from": who}
        event["message"] = {**place, **event["message"]}
    return json.dumps({"update_id": number, kind: event}, ensure_ascii=False).encode()


@cache
def _kinds() -> list[dict[str, dict[str, Any]]]:
    found: list[dict[str, dict[str, Any]]] = json.loads(
        (files("hub.bench") / "updates.json").read_text("utf-8")
    )
    return found


def _hub(bot: Bot) -> Handle:
    bots = build_staff([staff_bot("shift", bot, ("operator",))], services(), Dialogues())

    async def handle(number: int, update: bytes) -> None:
        await bots.conversation.handle(f"row{time.monotonic_ns()}", "shift", update)

    return handle


def _bare(bot: Bot) -> Handle:
    commands, keys, texts = Router(), Router(), Router()

    @commands.message(Command("help"))
    async def helps(message: Message) -> None:
        await message.answer("help")

    @keys.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        await query.answer()

    @texts.message()
    async def said(message: Message) -> None:
        await message.answer("What shall I do?")

    dispatcher = Dispatcher()
    dispatcher.include_routers(commands, keys, texts)

    async def handle(number: int, update: bytes) -> None:
        read = Update.model_validate_json(update, context={"bot": bot})
        await dispatcher.feed_update(bot, read)

    return handle


class Silent(BaseSession):
    """Sends nothing, and says that it was done."""

    def __init__(self) -> None:
        super().__init__()
        self._said = Update.model_validate_json(body(0)).message

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        done = isinstance(method, AnswerCallbackQuery) or method.__returning__ is bool
        return cast(TelegramType, True if done else self._said)

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """There are no files here."""
        yield b""

    async def close(self) -> None:
        """Nothing to give back."""
