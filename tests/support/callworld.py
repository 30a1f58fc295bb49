"""An exchange for tests of what stands above the channels: it does what it is told."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec

from hub.domain.call import Call, call_id
from hub.domain.callevent import CallEvent, CallEventKind, Party
from hub.domain.message import Attachment
from hub.domain.staff import Actor, Role
from hub.ports.channel import FetchFailed
from hub.ports.telephony import OnCall, Ordered, OrderOutcome
from hub.services.services import Services
from hub.services.timers import Timers
from tests.support.world import World

ANNA, OLEG = "+79160000001", "+79160000002"
LINE = "+74950000001"


class TestExchange:
    """Dials, hangs up, transfers and keeps recordings, as `answers` and `sounds` say."""

    __test__ = False
    recordings = True

    def __init__(self) -> None:
        self.orders: list[tuple[object, ...]] = []
        self.answers: list[OrderOutcome] = []
        self.sounds: dict[str, list[bytes | FetchFailed]] = {}

    def _said(self) -> OrderOutcome:
        return self.answers.pop(0) if self.answers else Ordered("made")

    async def call(self, order: str, extension: str, number: str, line: str = "") -> OrderOutcome:
        self.orders.append(("call", extension, number))
        return self._said()

    async def hang_up(self, order: str, on: OnCall) -> OrderOutcome:
        self.orders.append(("hang_up", on.call, on.leg))
        return self._said()

    async def transfer(self, order: str, on: OnCall, to: str) -> OrderOutcome:
        self.orders.append(("transfer", on.call, on.leg, to))
        return self._said()

    async def fetch(self, file: Attachment) -> AsyncIterator[bytes]:
        said = self.sounds.get(file.ref, [])
        answer = said.pop(0) if len(said) > 1 else (said[0] if said else b"")
        if isinstance(answer, FetchFailed):
            raise answer
        yield answer


class CallWorld(World):
    """A World with an exchange `pbx`. `ring`, `answer` and `hang` are what it tells."""

    def __init__(self, store: Any = None) -> None:
        super().__init__(store)
        self.pbx = TestExchange()
        self.deps = dataclasses.replace(self.deps, exchanges={"pbx": self.pbx})
        self.services = Services.of(self.deps)
        self.timers = Timers(self.deps, self.services.book)
        self.told = 0

    async def hear(
        self, kind: CallEventKind, call: str = "c1", number: str = ANNA, **said: object
    ) -> Call:
        """The exchange tells something; returns the call as it is then."""
        self.told += 1
        out = said.get("direction") == "out"
        values: dict[str, object] = {
            "key": f"pbx:{self.told}",
            "account": "pbx",
            "channel": "cti",
            "call": call,
            "kind": kind,
            "at": self.clock.now(),
            "direction": "in",
            "line": LINE,
            "caller": Party() if out else Party(number),
            "callee": Party(number) if out else Party(),
            **said,
        }
        await self.services.call_intake.take(
            msgspec.convert(values, CallEvent, from_attributes=True)
        )
        found = await self.store.calls.get(call_id("pbx", call))
        assert found is not None
        return found

    async def missed(self, call: str = "c1", number: str = ANNA, **said: object) -> Call:
        """Somebody calls in vain for twenty seconds."""
        await self.hear("ringing", call, number, **said)
        self.clock.forward(seconds=20)
        return await self.hear("ended", call, number, result="cancelled", **said)

    async def spoken(self, call: str = "c2", number: str = ANNA, **said: object) -> Call:
        """People speak for a minute."""
        await self.hear("ringing", call, number, **said)
        self.clock.forward(seconds=5)
        await self.hear("answered", call, number, **said)
        self.clock.forward(seconds=60)
        return await self.hear("ended", call, number, result="answered", **said)

    async def at(self, login: str, *extensions: str, role: Role = "operator") -> Actor:
        """Hire somebody with a telephone."""
        actor = await self.staff(login, role)
        person = await self.store.staff.get(login)
        person.extensions = list(extensions)
        await self.store.staff.save(person)
        self.store.staff.forget()
        return actor

    def later(self, **by: float) -> None:
        """Time passes."""
        self.clock.time += timedelta(**by)
