"""Somebody with a phone: sees what comes, thinks, presses what is shown, writes."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from typing import Any

from bots.emulator.chats import Chat, Message
from bots.emulator.errors import PhoneError
from bots.emulator.feed import Feed
from bots.emulator.files import Upload
from bots.emulator.phones.acts import Phone
from bots.emulator.phones.pressing import press
from bots.emulator.world import World
from tests.support.samples import png

PATIENCE = 25.0
"""Seconds that somebody waits for what should come, before they give it up or try again."""
ANSWER = 5.0
"""Seconds for which a pressed key shows its clock."""

Wanted = Callable[[Message], bool]


class Ears(Feed):
    """The emulator's feed, which tells who is in a chat what is new there."""

    def __init__(self) -> None:
        super().__init__()
        self.listeners: dict[str, list[Callable[[str, int], None]]] = {}

    def publish(self, kind: str, chat: str, body: dict[str, Any]) -> None:
        super().publish(kind, chat, body)
        if kind in {"message", "edited"}:
            for listener in self.listeners.get(chat, ()):
                listener(kind, int(body["message"]["id"]))


class Someone:
    """One person in one chat."""

    def __init__(self, world: World, person: int, chat: Chat, rng: random.Random) -> None:
        self.world = world
        self.phone = Phone(world, world.people[person], chat)
        self.chat = chat
        self.rng = rng
        self.thread: int | None = None
        self.todo: deque[int] = deque()
        self._news = asyncio.Event()
        feed = world.feed
        assert isinstance(feed, Ears)
        feed.listeners.setdefault(chat.key, []).append(self._hear)

    def _hear(self, kind: str, message: int) -> None:
        found = self.world.message(self.chat, message)
        if found is not None and found.sender in self.world.bots:
            self.todo.append(message)
            self._news.set()

    async def next(self) -> Message:
        """What came or changed and was not looked at yet, oldest first; waits for it."""
        while True:
            while self.todo:
                message = self.world.message(self.chat, self.todo.popleft())
                if message is not None:
                    return message
            self._news.clear()
            await self._news.wait()

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def think(self, least: float, most: float) -> None:
        await asyncio.sleep(self.rng.uniform(least, most))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    # ── seeing ───────────────────────────────────────────────────────────────────────────────

    @property
    def mark(self) -> int:
        """Whatever comes or changes from now on has a greater `seq`."""
        return self.world.feed.seq

    def newest(self, wanted: Wanted, since: int = 0) -> Message | None:
        """The newest message of a bot (in the topic that is looked at) that fits, if it came or
        changed after `since`."""
        for message in reversed(self.world.messages[self.chat.key].values()):
            fresh = message.seq > since and message.sender in self.world.bots
            fresh = fresh and self.thread in {None, message.thread}
            if fresh and wanted(message):
                return message
        return None

    async def wait_for(
        self, wanted: Wanted, since: int, within: float = PATIENCE
    ) -> Message | None:
        """The same as soon as it is there, None if it does not come."""
        until = self.now + within
        while (found := self.newest(wanted, since)) is None:
            left = until - self.now
            if left <= 0:
                return None
            self._news.clear()
            try:
                async with asyncio.timeout(left):
                    await self._news.wait()
            except TimeoutError:
                return None
        return found

    # ── doing ────────────────────────────────────────────────────────────────────────────────

    def say(self, text: str, reply_to: int | None = None) -> Message:
        return self.phone.say(text, reply_to, None if reply_to else self.thread)

    async def photos(
        self, count: int, caption: str, *, reply_to: int | None = None
    ) -> list[Message]:
        """One picture, or an album of some."""
        data = png(8 + self.rng.randrange(8), 6 + self.rng.randrange(8))
        uploads = [Upload(f"{at}.png", "image/png", data) for at in range(count)]
        return await self.phone.send_files("photo", uploads, caption, reply_to)

    async def press(self, message: Message, wanted: str) -> bool:
        """Press the key that begins with these words, if it still stands there."""
        found = place(self.world.message(self.chat, message.id), wanted)
        if found is None:
            return False
        try:
            await press(self.phone, message.id, *found, ANSWER)
        except PhoneError:
            return False
        return True


def place(message: Message | None, wanted: str) -> tuple[int, int] | None:
    """Row and column of the key that begins with these words."""
    rows = message.markup["inline_keyboard"] if message is not None and message.markup else []
    for row, line in enumerate(rows):
        for column, key in enumerate(line):
            if str(key["text"]).startswith(wanted):
                return row, column
    return None


def keys(message: Message) -> list[str]:
    """Words on the keys under a message."""
    rows = message.markup["inline_keyboard"] if message.markup else []
    return [str(key["text"]) for row in rows for key in row]


def words(message: Message) -> str:
    return str(message.content.get("text", message.content.get("caption", "")))


def has_key(*wanted: str) -> Wanted:
    """Messages with a key that begins with one of these words."""
    return lambda message: any(key.startswith(wanted) for key in keys(message))
