"""Updates of one bot on their way to it, by long polling or by webhook."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiogram import types
from aiogram.enums import UpdateType

from bots.emulator.errors import bad_request, conflict
from bots.emulator.faults import Faults
from bots.emulator.journal import Journal

KINDS = frozenset(kind.value for kind in UpdateType)
# Telegram sends these only to those who ask for them by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class Settings:
    """What is remembered of a bot's delivery between restarts."""

    next_id: int
    allowed: list[str] = field(default_factory=list)
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_at: int = 0


class Mailbox:
    def __init__(
        self, bot_id: int, username: str, settings: Settings, journal: Journal, faults: Faults
    ) -> None:
        self.settings = settings
        self._bot_id = bot_id
        self._username = username
        self._journal = journal
        self._faults = faults
        self._waiting: list[dict[str, Any]] = []
        self._changed = asyncio.Event()
        self._turn = 0
        self._closed = False

    def restore(self, updates: list[dict[str, Any]]) -> None:
        self._waiting = sorted(updates, key=lambda update: int(update["update_id"]))

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, kind: str, body: dict[str, Any]) -> None:
        """Queue an update, unless the bot did not ask for its kind."""
        allowed = self.settings.allowed
        if (kind not in allowed) if allowed else (kind in ON_REQUEST):
            return
        update = {"update_id": self.settings.next_id, kind: body}
        types.Update.model_validate(update)
        self.settings.next_id += 1
        self._waiting.append(update)
        if self._faults.strike(("double",), self._username):
            self._waiting.append(update)
        self._journal.put("update", f"{self._bot_id}/{update['update_id']}", update)
        self.save()
        self._changed.set()

    @property
    def polled(self) -> bool:
        """Whether anybody ever asked."""
        return self._turn > 0

    def close(self) -> None:
        """Whoever polls is let go with what there is: the server stops."""
        self._closed = True
        self._changed.set()

    def open(self) -> None:
        self._closed = False

    def allow(self, kinds: list[str] | None) -> None:
        """Remember which kinds the bot wants; None keeps what was said before."""
        if kinds is not None:
            self.settings.allowed = [kind for kind in kinds if kind in KINDS]
            self.save()

    def save(self) -> None:
        self._journal.put("mailbox", str(self._bot_id), self.settings)

    def drop(self) -> None:
        self._forget(self._waiting)
        self._waiting = []

    def _forget(self, updates: list[dict[str, Any]]) -> None:
        for update in updates:
            self._journal.drop("update", f"{self._bot_id}/{update['update_id']}")

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            gone, self._waiting = self._waiting[:offset], self._waiting[offset:]
        else:
            gone = [u for u in self._waiting if u["update_id"] < offset]
            self._waiting = [u for u in self._waiting if u["update_id"] >= offset]
        self._forget(gone)

    async def poll(self, offset: int, limit: int, timeout: float) -> list[dict[str, Any]]:
        """getUpdates: confirm what stands before `offset`, then wait up to `timeout` seconds."""
        if self.settings.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        if offset:
            self._confirm(offset)
        self._turn += 1
        turn = self._turn
        self._changed.set()
        deadline = asyncio.get_running_loop().time() + timeout
        while not self._waiting and not self._closed:
            self._changed.clear()
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return []
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                return []
            self._still_mine(turn)
        batch = self._waiting[:limit]
        if len(batch) > 1 and self._faults.strike(("reorder",), self._username):
            batch.reverse()
        return batch

    def _still_mine(self, turn: int) -> None:
        if turn != self._turn:
            raise conflict(
                "terminated by other getUpdates request; "
                "make sure that only one bot instance is running"
            )
        if self.settings.url:
            raise conflict("terminated by setWebhook request")

    def turn_to(self, url: str, secret: str, max_connections: int) -> None:
        """Send by webhook from now on, or by polling again if `url` is empty."""
        if not 1 <= max_connections <= 100:
            raise bad_request("max_connections must be between 1 and 100")
        self.settings.url, self.settings.secret = url, secret
        self.settings.max_connections = max_connections
        self.settings.last_error, self.settings.last_error_at = "", 0
        self.save()
        self._changed.set()

    async def head(self) -> dict[str, Any]:
        """The update to be posted next; waits for one."""
        while not self._waiting:
            self._changed.clear()
            await self._changed.wait()
        if len(self._waiting) > 1 and self._faults.strike(("reorder",), self._username):
            self._waiting[0], self._waiting[1] = self._waiting[1], self._waiting[0]
        return self._waiting[0]

    def posted(self, update: dict[str, Any]) -> None:
        """The webhook took it. A copy made by the fault «double» stays and goes out again."""
        if self._waiting and self._waiting[0] is update:
            del self._waiting[0]
        if not any(other is update for other in self._waiting):
            self._forget([update])

    def failed(self, reason: str, at: int) -> None:
        self.settings.last_error, self.settings.last_error_at = reason, at
        self.save()


def restored(bodies: list[bytes]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(body, type=dict[str, Any]) for body in bodies]
