"""One call of the app: who asks, and what the hub keeps of what they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

from hub.domain.errors import Conflict, Invalid, TooManyTries
from hub.domain.message import stable_id
from hub.http.app.refusals import KeysUnavailable, TokenNotTaken
from hub.http.app.shapes import Sent
from hub.ports.budget import Budget
from hub.ports.channel import Accept, Limit, Malformed
from hub.ports.clock import Clock
from hub.ports.residentapp import (
    AppDoor,
    AppResident,
    KeysAway,
    Presence,
    TokenRefused,
    got,
    present,
)
from hub.services.appreader import Reader
from hub.services.residentapp import ResidentApp
from hub.services.services import Services

LIMITS = {"read": (240, 60.0), "write": (40, 60.0), "file": (30, 60.0), "type": (60, 60.0)}
"""How often one resident may do what, in how many seconds."""

GOT_SECONDS = 600.0


@dataclass(frozen=True)
class Desk:
    """What every call is given: accounts of the app, the inbox, the services."""

    doors: Sequence[AppDoor]
    accept: Accept
    services: Services
    app: ResidentApp
    presence: Presence

    @property
    def clock(self) -> Clock:
        return self.services.deps.clock

    @property
    def budget(self) -> Budget:
        return self.services.deps.budget

    async def who(self, token: str) -> tuple[AppDoor, AppResident]:
        """Who holds the token, and by which account. Raises TokenNotTaken, KeysUnavailable."""
        if not token:
            raise TokenNotTaken(reason="missing")
        door = next((one for one in self.doors if one.speaks_for(token)), None)
        if door is None:
            # What has not three parts is no token at all, whoever it was meant for.
            raise TokenNotTaken(reason="account" if token.count(".") == 2 else "unreadable")
        try:
            return door, await door.resident(token, self.clock.now())
        except TokenRefused as refused:
            raise TokenNotTaken(reason=refused.reason) from None
        except KeysAway:
            raise KeysUnavailable() from None

    async def caller(self, door: AppDoor, resident: AppResident) -> Caller:
        """The resident with all that is theirs."""
        reader = await self.app.reader(resident, door.sender(resident), door.address(resident))
        return Caller(self, door, resident, reader)


@dataclass(frozen=True)
class Caller:
    """A resident who asks."""

    desk: Desk
    door: AppDoor
    resident: AppResident
    reader: Reader

    @property
    def app(self) -> ResidentApp:
        return self.desk.app

    @property
    def base(self) -> str:
        """The thread key under which all that they begin stands."""
        return self.door.address(self.resident).conversation

    @property
    def present(self) -> str:
        """Under what they are present while a socket of theirs is open."""
        return present(self.door.account, self.base.partition(":")[2])

    async def spend(self, what: str) -> None:
        """Raise TooManyTries when they do this too often."""
        count, seconds = LIMITS[what]
        wait = await self.desk.budget.spend([Limit(f"app:{what}:{self.base}", count, seconds)])
        if wait > 0:
            raise TooManyTries(after=max(1, round(wait)))

    async def keep(self, said: dict[str, Any]) -> Sent:
        """Keep something they did. Raises Conflict (the same key with other content), StoreDown."""
        body = msgspec.json.encode(said)
        raw = self.door.request(self.resident, body, self.desk.clock.now())
        try:
            kept = await self.desk.accept(raw)
        except Malformed:
            raise Invalid(field="text", reason="required") from None
        if kept.state == "conflict":
            raise Conflict(key=said["id"])
        case = await self.sent(said["id"]) if kept.state == "repeat" else None
        return Sent(key=said["id"], state="filed" if case else "kept", case=case)

    async def sent(self, key: str) -> int | None:
        """In which of their cases what they sent under this key stands."""
        return await self.app.sent(f"{self.base}:{key}")

    async def report(self, number: int, upto: str, state: str) -> int:
        """Answers up to a message came here, or were read; says how many that is news of."""
        found = await self.app.unread(self.reader, number, upto, state)
        for doc, entries in found.items():
            for seq in entries:
                # A push that waits for this is not sent then.
                await self.desk.presence.first(got(self.door.account, f"{doc}-{seq}"), GOT_SECONDS)
            name = stable_id(state, str(doc), *map(str, entries))
            await self.keep(
                {"type": "report", "id": name, "state": state, "case": doc, "entries": entries}
            )
        return sum(len(entries) for entries in found.values())


@dataclass(frozen=True)
class Call:
    """One request: `query` and `body` are the structs that its route names."""

    caller: Caller
    request: web.Request
    query: Any = None
    body: Any = None

    @property
    def number(self) -> int:
        """The case in the path."""
        return int(self.request.match_info["number"])

    @property
    def id(self) -> str:
        """The id in the path."""
        return self.request.match_info["id"]
