"""The whole core over twins: no database, no Redis, no network; time stands until it is moved."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from hub.domain.message import (
    Accepted,
    Address,
    Identity,
    Inbound,
    Outbound,
    Outcome,
    Received,
    Sender,
)
from hub.domain.staff import Actor, BotLink, Group, Role, Staff
from hub.holidays import RussianHolidays
from hub.ports.channel import Answer, Capabilities, Kept, Key, Limit, RawRequest, Unreadable
from hub.ports.live import LiveEvent
from hub.ports.outlet import Skip
from hub.services.delivery import ChannelOutlet
from hub.services.deps import Deps, Policy
from hub.services.digests import HoldOutlet
from hub.services.fetching import FetchOutlet
from hub.services.intake import Intake
from hub.services.oldentries import PageOutlet
from hub.services.postman import Postman
from hub.services.relay import Relay
from hub.services.services import Services
from hub.services.statuscard import StatusOutlet
from hub.services.timers import Timers
from hub.services.unsent import FailureOutlet
from tests.support.memory import Memory
from tests.support.memory.lanes import MemoryLanes

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class StoppedClock:
    """Time moves only when a test says so."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)


class CountedIds:
    """Ids in order."""

    def __init__(self) -> None:
        self.count = 0

    def new(self) -> str:
        self.count += 1
        return f"id{self.count}"


class Kicks:
    """An engine that remembers what was kicked; World.settle runs it."""

    def __init__(self) -> None:
        self.lanes: list[str] = []
        self.numbers: list[int] = []
        self.recipients: list[str] = []

    async def take(self, lanes: Iterable[str]) -> None:
        self.lanes += lanes

    async def drain(self, numbers: Iterable[int]) -> None:
        self.numbers += numbers

    async def post(self, recipients: Iterable[str]) -> None:
        self.recipients += recipients


class Heard:
    """A live port that remembers."""

    def __init__(self) -> None:
        self.events: list[LiveEvent] = []

    async def publish(self, event: LiveEvent) -> None:
        self.events.append(event)

    async def listen(self) -> AsyncIterator[LiveEvent | None]:
        for event in self.events:
            yield event


class OpenBudget:
    """Grants everything unless paused."""

    def __init__(self) -> None:
        self.paused: dict[str, float] = {}
        self.given_back: list[str] = []

    async def spend(self, limits: Sequence[Limit], mark: str = "") -> float:
        return max((self.paused.get(limit.name, 0.0) for limit in limits), default=0.0)

    async def give_back(self, limits: Sequence[Limit], mark: str) -> None:
        self.given_back.append(mark)

    async def pause(self, name: str, seconds: float) -> None:
        self.paused[name] = seconds


class PlainTexts:
    """Says the key and what fills it."""

    def render(self, key: str, language: str = "ru", /, **params: object) -> str:
        shown = " ".join(f"{name}={value}" for name, value in params.items() if name != "case")
        return f"{key} {shown}".strip()

    def html(self, key: str, language: str = "ru", /, **params: object) -> str:
        return self.render(key, language, **params)

    def fill(self, text: str, language: str = "ru", /, **params: object) -> str:
        return re.sub(r"\{(\w+)\}", lambda name: str(params.get(name[1], name[0])), text)


class PlainPasswords:
    """No cost, for tests of what stands around it."""

    async def hash(self, password: str) -> str:
        return f"plain:{password}"

    async def verify(self, hashed: str, password: str) -> bool:
        return hashed == f"plain:{password}"


class TestChannel:
    """A channel whose wire format is JSON of Inbound, and whose provider does what it is told."""

    __test__ = False
    max_body = 1 << 20

    def __init__(self, *, idempotent: bool = False, status_card: bool = False) -> None:
        self.caps = Capabilities(
            max_text=4096,
            max_file=1000,
            files=True,
            idempotent=idempotent,
            status_card=status_card,
        )
        self.sent: list[Outbound] = []
        self.outcomes: list[Outcome] = []

    def verify(self, raw: RawRequest) -> None:
        return

    def key(self, raw: RawRequest) -> Key:
        return Key(raw.headers["id"], raw.headers["lane"])

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        try:
            return msgspec.json.decode(raw.body, type=list[Inbound])
        except msgspec.DecodeError as error:
            raise Unreadable(str(error)) from None

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        return Answer()

    def limits(self, out: Outbound) -> Sequence[Limit]:
        return (Limit("account", 30, 1), Limit(f"chat:{out.to.to}", 1, 1))

    async def send(self, out: Outbound) -> Outcome:
        self.sent.append(out)
        if self.outcomes:
            return self.outcomes.pop(0)
        return Accepted((f"out{len(self.sent)}",))


class StaffPhone:
    """An outlet that remembers which rows reached whom."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, int]] = []

    def limits(self, case: object, row: object) -> Sequence[Limit]:
        return ()

    async def send(self, case, row) -> Outcome | Skip:  # type: ignore[no-untyped-def]
        self.rows.append((row.data["login"], row.data.get("what", row.kind), row.entry))
        return Accepted()


class World:
    """Everything wired over twins (or over the real store). `say` writes as a resident, `settle`
    lets things happen."""

    policy = Policy(organisation="УК Дом")

    def __init__(self, store: Any = None, **channel: bool) -> None:
        self.store = store or Memory()
        self.clock = StoppedClock()
        self.kicks = Kicks()
        self.heard = Heard()
        self.budget = OpenBudget()
        # The real store has none: they stand in Redis.
        self.lanes = getattr(self.store, "lanes", None) or MemoryLanes()
        self.channel = TestChannel(**channel)
        self.phone = StaffPhone()
        store = self.store
        self.deps = Deps(
            clock=self.clock,
            ids=CountedIds(),
            inbox=store.inbox,
            lanes=self.lanes,
            cases=store.cases,
            contacts=store.contacts,
            files=store.files,
            staff=store.staff,
            catalog=store.catalog,
            letters=store.letters,
            shown=store.shown,
            leases=store.leases,
            forums=store.forums,
            houses=store.houses,
            hours=store.hours,
            holidays=RussianHolidays(),
            held=store.held,
            shifts=store.shifts,
            spam_rules=store.spam_rules,
            parts=store.parts,
            failures=store.failures,
            heads=store.heads,
            codes=store.codes,
            calls=store.calls,
            callbacks=store.callbacks,
            engine=self.kicks,
            live=self.heard,
            budget=self.budget,
            texts=PlainTexts(),
            passwords=PlainPasswords(),
            senders={"site": self.channel},
            policy=self.policy,
        )
        self.services = Services.of(self.deps)
        self.intake = Intake(
            self.deps,
            self.services.book,
            self.services.contacts,
            {"site": self.channel},
            calls=self.services.call_intake,
        )
        outlet = ChannelOutlet(self.deps.senders, store.cases, self.deps.texts, self.deps.policy)
        card = StatusOutlet(self.deps, self.services.hours)
        self.relay = Relay(
            self.deps,
            self.services.book,
            self.services.contacts,
            {
                "deliver": outlet,
                "revise": outlet,
                "status": card,
                "react": card,
                "notice": self.phone,
                "hold": HoldOutlet(store.held),
                "card": self.phone,
                "mark": self.phone,
                "fetch": FetchOutlet({}, store.files, self.deps.policy),
                "failure": FailureOutlet(self.deps),
                "page": PageOutlet(store.cases),
            },
        )
        self.postman = Postman(self.deps, {})
        self.timers = Timers(self.deps, self.services.book)
        self.messages = 0

    async def staff(self, login: str, *roles: Role, name: str = "", bot: bool = True) -> Actor:
        """Hire somebody."""
        person = Staff(
            login=login,
            name=name or login,
            roles=list(roles or ("operator",)),
            bots=[BotLink("staff", len(login), len(login))] if bot else [],
            created_at=self.clock.now(),
            updated_at=self.clock.now(),
        )
        await self.store.staff.add(person)
        self.store.staff.forget()
        return Actor.of(person)

    async def group(self, group: str, *, default: bool = True) -> None:
        """Make a group."""
        await self.store.staff.put_group(Group(id=group, name=group, default=default))
        self.store.staff.forget()

    def inbound(self, text: str, who: str = "anna", **fields: object) -> Inbound:
        """A message as the channel would translate it."""
        self.messages += 1
        identity = Identity("external", who, "site")
        defaults: dict[str, object] = {
            "key": f"site:{self.messages}",
            "account": "site",
            "channel": "test",
            "conversation": f"site:{who}",
            "sender": Sender(identity=identity, name=who.title()),
            "reply_to": Address("site", "test", who, identity.key, f"site:{who}"),
            "text": text,
            "sent_at": self.clock.now(),
            "external_id": f"m{self.messages}",
        }
        return Inbound(**(defaults | fields))  # type: ignore[arg-type]

    async def keep(self, *messages: Inbound, id: str = "") -> Kept:
        """The channel's provider posts these messages; they are kept, not understood."""
        first = messages[0]
        raw = RawRequest(
            account="site",
            method="POST",
            body=msgspec.json.encode(messages),
            headers={"id": id or first.key, "lane": first.conversation},
            received_at=self.clock.now(),
        )
        kept = await self.store.inbox.keep(raw, self.channel.key(raw))
        await self.kicks.take([first.conversation])
        return kept

    async def say(self, text: str, who: str = "anna", **fields: object) -> Inbound:
        """A resident writes, and everything that follows happens."""
        message = self.inbound(text, who, **fields)
        await self.keep(message)
        await self.settle()
        return message

    async def settle(self) -> None:
        """Run what was kicked until nothing is."""
        kicks = self.kicks
        while kicks.lanes or kicks.numbers or kicks.recipients:
            lanes, kicks.lanes = kicks.lanes, []
            numbers, kicks.numbers = kicks.numbers, []
            recipients, kicks.recipients = kicks.recipients, []
            await self.intake.take(lanes)
            await self.relay.drain(numbers)
            await self.postman.post(recipients)
