"""The whole hub over twins of the store, with real bots at a local Telegram and real phones.

async with BotWorld() as world:
    sveta, emma = world.resident, world.emma
    await sveta.say("Нет горячей воды")
    await emma.press("Взять")
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from types import TracebackType
from zoneinfo import ZoneInfo

import channels
from bots.build import build_staff, staff_bot
from bots.emulator.server import BotAccount, Emulator, Limits, Person
from bots.resident.build import build_residents
from hub.botapi.bot import make_bot
from hub.botapi.poller import UpdatesPoller
from hub.botapi.receiver import BotDoor
from hub.domain.catalog import CaseType, QuickReply, ResultCode
from hub.domain.staff import Actor, Group, Role
from hub.holidays import RussianHolidays
from hub.ports.channel import Kept, Limit, RawRequest
from hub.ports.channel_build import Account, ChannelDeps
from hub.ports.clock import RandomIds, SystemClock
from hub.ports.live import Live
from hub.services.delivery import ChannelOutlet, ResidentLetters
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
from hub.texts import TemplateTexts
from tests.support.memory import Memory
from tests.support.phone import Phone
from tests.support.world import Heard, PlainPasswords

DOM = BotAccount("100:resident-secret", "dom_bot", "Дом на Ленина")
SHIFT = BotAccount("200:staff-secret", "shift_bot", "Смена")
SVETA = Person(501, "Светлана", "Иванова", "", "+79220000001", "жительница", "dom_bot")
EMMA = Person(502, "Эмма", "Аксакова", "", "+79220000002", "оператор", "shift_bot")
VERA = Person(503, "Вера", "Петрова", "", "+79220000003", "оператор", "shift_bot")
ROMA = Person(504, "Роман", "Белов", "", "+79220000004", "исполнитель", "shift_bot")
STRANGER = Person(505, "Чужой", "", "", "+79220000005", "", "shift_bot")
ADMIN = Actor(kind="staff", login="admin", name="Админ", roles=frozenset({"admin"}))
SWEEP = 0.05


class Nursery:
    """An engine that does at once what it is kicked to do; its tasks end with it."""

    def __init__(self) -> None:
        self._jobs: dict[str, Callable[[list], Awaitable[None]]] = {}  # type: ignore[type-arg]
        self._tasks: set[asyncio.Task[None]] = set()
        self.failed: list[BaseException] = []

    def register(self, **jobs: Callable[[list], Awaitable[None]]) -> None:  # type: ignore[type-arg]
        self._jobs = jobs

    async def take(self, lanes: Iterable[str]) -> None:
        self.run(self._jobs["take"](list(lanes)))

    async def drain(self, numbers: Iterable[int]) -> None:
        self.run(self._jobs["drain"](list(numbers)))

    async def post(self, recipients: Iterable[str]) -> None:
        self.run(self._jobs["post"](list(recipients)))

    def run(self, job: Awaitable[None]) -> None:
        task = asyncio.ensure_future(job)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.failed.append(task.exception())  # type: ignore[arg-type]

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Pauses:
    """A budget without windows: it waits for as long as a 429 said, as the real one does."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    async def spend(self, limits: Sequence[Limit], mark: str = "") -> float:
        now = time.monotonic()
        return max([0.0, *(self._until.get(limit.name, 0.0) - now for limit in limits)])

    async def give_back(self, limits: Sequence[Limit], mark: str) -> None:
        return

    async def pause(self, name: str, seconds: float) -> None:
        self._until[name] = max(self._until.get(name, 0.0), time.monotonic() + seconds)


class BotWorld:
    """Residents' bot and staff bot, polled; two operators, an executor, a stranger."""

    def __init__(
        self, *, limits: Limits | None = None, server: str = "", live: Live | None = None
    ) -> None:
        # `server`: another Bot API server is used; then nobody has a phone. `live`: what pages
        # hear by.
        self.live = live or Heard()
        self.server = server
        self.emulator = Emulator(
            [DOM, SHIFT],
            [SVETA, EMMA, VERA, ROMA, STRANGER],
            limits=limits or Limits(mode="off"),
            rng=random.Random(7),
            first_pause=0.01,
        )
        self.store = Memory()
        self.clock = SystemClock()
        self.ids = RandomIds()
        self.engine = Nursery()
        self.budget = Pauses()
        self.texts = TemplateTexts(self.clock, ZoneInfo("Europe/Moscow"))

    async def __aenter__(self) -> BotWorld:
        self.url = self.server or await self.emulator.start()
        store, clock = self.store, self.clock
        self.channel = await self.residents_channel()
        senders = {"dom": self.channel}
        self.deps = Deps(
            clock=clock,
            ids=self.ids,
            inbox=store.inbox,
            lanes=store.lanes,
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
            engine=self.engine,
            live=self.live,
            budget=self.budget,
            texts=self.texts,
            passwords=PlainPasswords(),
            senders=senders,  # type: ignore[arg-type]
            policy=Policy(organisation="УК «Дом»", phone="+74950000000", staff_bots=("shift",)),
        )
        self.services = Services.of(self.deps)
        self.staff_bot = staff_bot(
            "shift", make_bot(SHIFT.token, self.url), ("operator", "executor")
        )
        self.bots = build_staff([self.staff_bot], self.services, store.dialogues, rest=0.2)
        self.residents = build_residents(self.services, self.texts, senders)
        self.intake = Intake(
            self.deps,
            self.services.book,
            self.services.contacts,
            {"dom": self.channel},  # type: ignore[dict-item]
            staff_bots={"shift": self.bots.conversation},
            residents=self.residents,
        )
        outlet = ChannelOutlet(self.deps.senders, store.cases, self.texts, self.deps.policy)
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
                "notice": self.bots.outlet,
                "hold": HoldOutlet(store.held),
                "card": self.bots.outlet,
                "mark": self.bots.outlet,
                "topic": self.bots.forum,
                "topic_mark": self.bots.forum,
                "failure": FailureOutlet(self.deps),
                "page": PageOutlet(store.cases),
                "fetch": FetchOutlet({"dom": self.channel}, store.files, self.deps.policy),  # type: ignore[dict-item]
            },
        )
        self.postman = Postman(
            self.deps,
            {
                "staff": self.bots.letters,
                "forum": self.bots.forum_letters,
                "resident": ResidentLetters(self.deps.senders),
            },
        )
        self.timers = Timers(self.deps, self.services.book)
        self.engine.register(take=self.intake.take, drain=self.relay.drain, post=self.postman.post)
        door = BotDoor("shift", SHIFT.token, "s" * 32)
        self._doors = {"dom": self.channel, "shift": door}
        self._running = [asyncio.ensure_future(one) for one in (*self.polling(), self._sweep())]
        self.resident = self.residents_phone()
        self.emma = Phone(self.url, EMMA.id, "shift_bot")
        self.vera = Phone(self.url, VERA.id, "shift_bot")
        self.roma = Phone(self.url, ROMA.id, "shift_bot")
        self.stranger = Phone(self.url, STRANGER.id, "shift_bot")
        return self

    async def residents_channel(self) -> object:
        """What residents write by."""
        return channels.build(
            Account(id="dom", kind="telegram", options={"token": DOM.token, "api": self.url}),
            ChannelDeps(
                clock=self.clock, files=self.store.files, public_url="", file_url=lambda file: file
            ),
        )

    def polling(self) -> list[Awaitable[None]]:
        """Whatever fetches updates."""
        shift = UpdatesPoller("shift", self.staff_bot.bot, self.clock)
        return [self.channel.listen(self.accept), shift.listen(self.accept)]  # type: ignore[attr-defined]

    def residents_phone(self) -> Phone:
        """The phone of one of them."""
        return Phone(self.url, SVETA.id, "dom_bot")

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.engine.close()
        for phone in (self.resident, self.emma, self.vera, self.roma, self.stranger):
            await phone.close()
        await self.channel.close()  # type: ignore[attr-defined]
        await self.bots.close()
        await self.emulator.stop()
        if error is None and self.engine.failed:
            raise self.engine.failed[0]

    async def accept(self, raw: RawRequest) -> Kept:
        """Keep and kick, as the ingress does."""
        door = self._doors[raw.account]
        door.verify(raw)  # type: ignore[attr-defined]
        key = door.key(raw)  # type: ignore[attr-defined]
        kept = await self.store.inbox.keep(raw, key)
        await self.engine.take([key.lane])
        return kept

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP)
            with suppress(KeyError):
                await self.timers.wake()

    # ── who works here ───────────────────────────────────────────────────────────────────────

    async def hire(self) -> None:
        """Two operators and a plumber, a queue, results, types, quick replies; all linked."""
        await self.store.staff.put_group(Group(id="main", name="Диспетчерская", default=True))
        await self.store.staff.put_group(Group(id="vip", name="Второй этаж"))
        for code in (
            ResultCode(id="done", name="Выполнено", order=1),
            ResultCode(id="consulted", name="Консультация", tell=False, order=2),
        ):
            await self.store.catalog.put_result(code)
        for type_ in (
            CaseType(id="request", name="Запрос"),
            CaseType(id="complaint", name="Жалоба"),
        ):
            await self.store.catalog.put_type(type_)
        now = self.clock.now()
        for ident, title, text, folder in (
            ("r1", "Мастер едет", "{имя}, мастер будет сегодня. {оператор}", "Вода"),
            ("r2", "Показания", "Передайте показания до 25 числа.", "Счётчики"),
        ):
            reply = QuickReply(id=ident, title=title, text=text, folder=folder, updated_at=now)
            await self.store.catalog.put_quick_reply(reply, new=True)
        await self.link(self.emma, "emma", "Аксакова Эмма Юрьевна", "operator")
        await self.link(self.vera, "vera", "Петрова Вера Ивановна", "operator")
        await self.link(
            self.roma, "roma", "Белов Роман Сергеевич", "executor", position="Сантехник"
        )

    async def link(
        self, phone: Phone, login: str, name: str, *roles: Role, position: str = ""
    ) -> None:
        """Make the person and let them come in by the one-time link."""
        await self.services.people.add(login, name, list(roles), ADMIN, position=position)
        token = await self.services.people.one_time_link(login, ADMIN)
        await phone.start(token)
        await phone.wait_for("Здравствуйте")

    async def entries(self, number: int) -> list[tuple[str, str]]:
        """What stands in a case: (direction or kind, text)."""
        case = await self.services.book.load(number)
        return [(entry.direction or entry.kind, entry.text) for entry in case.thread]
