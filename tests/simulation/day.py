"""A day of the house: who is there, what goes wrong, and what stands at its end."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from bots.emulator.accounts import Person
from bots.emulator.api import BotApi
from bots.emulator.limits import Limits
from bots.emulator.phones.acts import Phone
from bots.emulator.phones.groups import make_group
from bots.emulator.webhooks import WebhookPusher
from bots.emulator.world import World
from hub.domain.catalog import QuickReply, ResultCode
from hub.domain.staff import Group, Role
from tests.simulation.executors import Executor
from tests.simulation.ledger import Ledger
from tests.simulation.loop import LoopSeconds
from tests.simulation.operators import GroupOperator, Operator
from tests.simulation.people import Ears, Someone, words
from tests.simulation.process import NumberedIds, Process
from tests.simulation.residents import Resident
from tests.simulation.wire import Wire
from tests.simulation.witness import Witness
from tests.support.botworld import ADMIN, DOM, SHIFT
from tests.support.budget import WindowsBudget
from tests.support.memory import Memory

FIRST_OPERATOR, FIRST_EXECUTOR, FIRST_RESIDENT = 501, 701, 10_001
SETTLED = 30 * 60
"""Seconds after the last word for which everything may go on, without faults."""


@dataclass(frozen=True)
class Plan:
    """How large a day. `faults` is the part of calls that go wrong."""

    seed: int = 1
    residents: int = 400
    messages: int = 3000
    operators: int = 6
    groups: int = 3
    executors: int = 10
    hours: float = 10.0
    faults: float = 0.05
    restarts: int = 3


class Day:
    """Use `play`; afterwards everything can be looked at."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rng = random.Random(plan.seed)
        loop = asyncio.get_running_loop()
        self.world = World(
            clock=LoopSeconds(loop), rng=random.Random(self.rng.random()), limits=Limits()
        )
        self.world.feed = Ears()
        api = BotApi(self.world, self._pusher())
        self.wire = Wire(api, random.Random(self.rng.random()))
        self.store = Memory()
        self.witness = Witness(self.store)
        self.ledger = Ledger(plan.messages)
        self.restarts: list[float] = []
        # It outlives every process.
        self._budget = WindowsBudget(loop.time)
        self._ids = NumberedIds(random.Random(self.rng.random()))
        for account in (DOM, SHIFT):
            self.world.add_bot(account)
        self.operators: list[Operator] = []
        self.desks: list[GroupOperator] = []
        self.executors: list[Executor] = []
        self.residents: list[Resident] = []

    async def play(self) -> None:
        """Morning, the day, and the quiet after it."""
        with self.wire.laid():
            self.process = await self._process()
            await self._morning()
            self._trouble()
            lives = [
                asyncio.ensure_future(one.live())
                for one in (*self._at_work(), *self.executors, *self.residents)
            ]
            await asyncio.gather(self._talk(), self._restart())
            self.world.faults.clear()
            await asyncio.sleep(SETTLED)
            for life in lives:
                if life.done():
                    life.result()
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)
            await asyncio.sleep(SETTLED)
            await self.process.kill()
        self.places = await self.store.forums.places()
        if self.process.engine.failed:
            raise self.process.engine.failed[0]

    # ── who is there ─────────────────────────────────────────────────────────────────────────

    async def _process(self) -> Process:
        rng = random.Random(self.rng.random())
        process = self._made(rng)
        await process.start()
        return process

    def _made(self, rng: random.Random) -> Process:
        return Process(self.store, self._budget, self._ids, rng)

    def _pusher(self) -> WebhookPusher:
        """Who posts updates to webhooks."""
        return WebhookPusher(self.world.clock)

    async def _morning(self) -> None:
        plan, catalog = self.plan, self.store.catalog
        await self.store.staff.put_group(Group(id="main", name="Диспетчерская", default=True))
        await catalog.put_result(ResultCode(id="done", name="Выполнено", order=1))
        await catalog.put_result(ResultCode(id="told", name="Консультация", tell=False, order=2))
        now = self.process.clock.now()
        for ident, title, text in (
            ("r1", "Мастер едет", "{имя}, мастер будет сегодня."),
            ("r2", "Показания", "Передайте показания до 25 числа."),
        ):
            reply = QuickReply(id=ident, title=title, text=text, folder="Вода", updated_at=now)
            await catalog.put_quick_reply(reply, new=True)
        for at in range(plan.operators):
            chat = self._person(FIRST_OPERATOR + at, "Оператор", SHIFT.id)
            role: Role = "operator" if at else "admin"
            operator = Operator(self.world, FIRST_OPERATOR + at, chat, self._own(), self.ledger)
            self.operators.append(operator)
            await self._hire(operator, f"operator{at}", f"Оператор {_letter(at)}", role, "operator")
        for at in range(plan.executors):
            chat = self._person(FIRST_EXECUTOR + at, "Слесарь", SHIFT.id)
            executor = Executor(self.world, FIRST_EXECUTOR + at, chat, self._own(), self.ledger)
            self.executors.append(executor)
            await self._hire(executor, f"executor{at}", f"Слесарь {_letter(at)}", "executor")
        for at in range(plan.groups):
            await self._forum(at)
        for at in range(plan.residents):
            chat = self._person(FIRST_RESIDENT + at, "Житель", DOM.id)
            self.residents.append(
                Resident(self.world, FIRST_RESIDENT + at, chat, self._own(), self.ledger)
            )

    def _own(self) -> random.Random:
        return random.Random(self.rng.random())

    def _person(self, ident: int, name: str, bot: int):  # type: ignore[no-untyped-def]
        self.world.add_person(Person(ident, name, str(ident)))
        return self.world.private(bot, ident)

    def _at_work(self) -> list[Operator]:
        """Half of the operators work in the groups, the others in their private chats."""
        if not self.desks:
            return self.operators
        return [*self.operators[: len(self.operators) // 2], *self.desks]

    async def _forum(self, at: int) -> None:
        """A forum group of the queue: its admin connects it, and those who work there show up."""
        crew = self.operators[len(self.operators) // 2 :]
        admin = self.operators[0]
        people = [one.phone.person.id for one in (admin, *crew)]
        body = {"title": f"Смена {at}", "people": people, "bots": ["shift_bot"], "forum": True}
        chat = make_group(self.world, body)
        code = await self.process.services.places.code("main", ADMIN)
        Phone(self.world, admin.phone.person, chat).say(f"/connect {code}")
        for one in crew:
            desk = GroupOperator(self.world, one.phone.person.id, chat, self._own(), self.ledger)
            self.desks.append(desk)
            await desk.think(20, 30)
            await desk.greet()

    async def _hire(self, someone: Someone, login: str, name: str, *roles: Role) -> None:
        people = self.process.services.people
        await people.add(login, name, list(dict.fromkeys(roles)), ADMIN)
        token = await people.one_time_link(login, ADMIN)
        since = someone.mark
        someone.phone.start(token)
        greeted = await someone.wait_for(lambda one: "Здравствуйте" in words(one), since)
        assert greeted is not None, login

    # ── what happens ─────────────────────────────────────────────────────────────────────────

    def _trouble(self) -> None:
        """Of every hundred calls some are refused, some fail, some hang, some are not answered."""
        share, faults = self.plan.faults, self.world.faults
        if share > 0:
            faults.add("429", share=share * 0.3, seconds=3)
            faults.add("5xx", share=share * 0.25)
            faults.add("timeout", share=share * 0.15, seconds=8.0)
            faults.add("lost", share=share * 0.3)
            faults.add("double", share=share)

    async def _talk(self) -> None:
        """Episodes over the day, until everything was said."""
        seconds = self.plan.hours * 3600
        begun: list[asyncio.Task[None]] = []
        at, left = [], int(self.plan.messages * 0.8)
        while left > 0:
            count = min(self.rng.randint(1, 5), left)
            at.append((self.rng.uniform(0, seconds * 0.9), count))
            left -= count
        start = asyncio.get_running_loop().time()
        for when, count in sorted(at):
            await asyncio.sleep(max(0.0, start + when - asyncio.get_running_loop().time()))
            begun.append(asyncio.ensure_future(self._somebody().episode(count)))
        while self.ledger.left > 0:
            await asyncio.sleep(self.rng.uniform(1, seconds * 0.1 / max(self.ledger.left, 1)))
            begun.append(asyncio.ensure_future(self._somebody().episode(1)))
        await asyncio.gather(*begun)

    def _somebody(self) -> Resident:
        return self.rng.choice(self.residents)

    async def _restart(self) -> None:
        """The process dies in the middle of it, and another one comes up a little later."""
        seconds = self.plan.hours * 3600
        times = sorted(self.rng.uniform(0.1, 0.85) * seconds for _ in range(self.plan.restarts))
        start = asyncio.get_running_loop().time()
        for when in times:
            await asyncio.sleep(max(0.0, start + when - asyncio.get_running_loop().time()))
            await self.process.kill()
            self.restarts.append(asyncio.get_running_loop().time())
            await asyncio.sleep(self.rng.uniform(2, 10))
            self.process = await self._process()


def _letter(at: int) -> str:
    return "АБВГДЕЖЗИК"[at]
