"""The main job, cut off at every single call of the store: killed before it, killed after it, the
store away, its answer lost. Whatever happens, everything stands once and nothing waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.domain.errors import CaseClosed, StoreDown
from hub.domain.message import Attachment, Inbound, InlineFile
from hub.domain.staff import Actor
from tests.support.memory import Memory
from tests.support.world import World

MODES = ("killed before", "killed after", "away", "answer lost")
ROUNDS = 40


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Fate:
    """At which call what happens."""

    def __init__(self, at: int, mode: str) -> None:
        self.at, self.mode = at, mode
        self.calls, self.dead, self.struck = 0, False, False

    async def call(self, method: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        if self.dead:
            raise Killed
        self.calls += 1
        if self.calls != self.at:
            return await method(*args, **options)
        self.struck = True
        if self.mode in {"killed after", "answer lost"}:
            await method(*args, **options)
        if self.mode.startswith("killed"):
            self.dead = True
            raise Killed
        raise StoreDown(reason=self.mode)


class Part:
    """One part of the store as a process with this fate sees it."""

    def __init__(self, part: Any, fate: Fate) -> None:
        self._part, self._fate = part, fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._part, name)
        if name in {"read", "forget"}:
            return method

        async def call(*args: Any, **options: Any) -> Any:
            return await self._fate.call(method, *args, **options)

        return call


class Process:
    """A store seen by one process."""

    def __init__(self, memory: Memory, fate: Fate) -> None:
        for name in vars(memory):
            setattr(self, name, Part(getattr(memory, name), fate))


class Trial:
    """One run; `sent` is what providers got from all processes together."""

    def __init__(self, at: int, mode: str, *, idempotent: bool) -> None:
        self.memory = Memory()
        self.fate = Fate(at, mode)
        self.idempotent = idempotent
        self.started = 0
        self.worlds: list[World] = []
        self.world = self._start(self.fate)
        self.messages: list[Inbound] = []

    def _start(self, fate: Fate) -> World:
        world = World(Process(self.memory, fate), idempotent=self.idempotent)
        self.started += 1
        world.deps.ids.count = 100_000 * self.started  # type: ignore[attr-defined]
        if self.worlds:
            world.clock.time = self.worlds[-1].clock.time
        self.worlds.append(world)
        return world

    async def step(self, act: Callable[[World], Awaitable[object]]) -> None:
        """Do it as people and providers do: again until it is confirmed."""
        while True:
            try:
                await act(self.world)
                await self.world.settle()
            except Killed:
                self.world = self._start(Fate(0, ""))
            except StoreDown:
                continue
            else:
                return

    async def home(self, key: str) -> int:
        """The case in which this message stands; it may have to be understood first."""
        for _ in range(ROUNDS):
            held = await self.memory.cases.keys_held([key])
            if key in held:
                return held[key]
            self.world.clock.forward(seconds=61)
            await self.step(lambda world: world.timers.wake())
        raise AssertionError(key)

    async def rest(self) -> None:
        """Time passes, the scheduler sweeps, until nothing waits."""
        for _ in range(ROUNDS):
            self.world.clock.forward(seconds=61)
            await self.step(lambda world: world.timers.wake())
            if await self.quiet():
                return

    async def quiet(self) -> bool:
        """Nothing waits in inbox or outbox."""
        waiting = await self.memory.inbox.stats(self.world.clock.now())
        cases = await self.memory.cases.many(range(1, 20))
        return not waiting["new"] and not any(case.outbox for case in cases.values())

    @property
    def sent(self) -> Counter[str]:
        return Counter(out.id for world in self.worlds for out in world.channel.sent)


async def main_job(trial: Trial) -> None:
    """Two residents, a file, an answer, an end and a new beginning."""
    emma = Actor(kind="staff", login="emma", name="Эмма", roles=frozenset({"operator"}))
    await trial.step(_hire)
    say = _saying(trial)
    await say("Нет воды")
    await say("Лифт стоит", "boris")
    photo = Attachment(id="photo", name="p.txt")
    await say("вот", attachments=[photo], inline=(InlineFile("photo", b"abc"),))
    # What came before the end of a case and is understood after it would rightly reopen it.
    anna, boris = await trial.home("site:3"), await trial.home("site:2")
    await trial.step(lambda world: world.services.casework.take(anna, emma))
    await trial.step(lambda world: world.services.replies.send(anna, emma, "Едем", key="k1"))
    await trial.step(lambda world: world.services.replies.comment(anna, emma, "12К", key="k2"))
    await trial.step(_closing(anna, emma))
    trial.world.clock.forward(days=20)
    await say("Опять нет")
    await trial.step(_merging(boris, await trial.home("site:4"), emma))
    await say("и двери", "boris")


def _closing(number: int, by: Actor) -> Callable[[World], Awaitable[None]]:
    async def close(world: World) -> None:
        # Who presses again hears that it is closed already.
        with suppress(CaseClosed):
            await world.services.casework.close(number, by)

    return close


def _merging(number: int, into: int, by: Actor) -> Callable[[World], Awaitable[None]]:
    async def merge(world: World) -> None:
        # A person who is not told that it worked looks before pressing again.
        if (await world.services.book.load(number)).merged_into != into:
            await world.services.casework.merge(number, into, by)

    return merge


async def _hire(world: World) -> None:
    if await world.store.staff.get("emma") is None:
        await world.staff("emma")


def _saying(trial: Trial) -> Callable[..., Awaitable[None]]:
    async def say(text: str, who: str = "anna", **fields: object) -> None:
        number = len(trial.messages) + 1
        fields |= {"key": f"site:{number}", "external_id": f"m{number}"}
        message = trial.world.inbound(text, who, **fields)
        trial.messages.append(message)
        await trial.step(lambda world: world.keep(message))

    return say


async def steps() -> int:
    """How many calls the main job makes when nothing happens to it."""
    trial = Trial(0, "", idempotent=False)
    await main_job(trial)
    await trial.rest()
    return trial.fate.calls


@pytest.mark.parametrize("idempotent", [False, True])
@pytest.mark.parametrize("mode", MODES)
async def test_whatever_call_it_is_cut_off_at_everything_stands_once(
    mode: str, idempotent: bool
) -> None:
    struck = 0
    with capture_logs():
        # The odd calls with the one kind of channel, the even ones with the other.
        for at in range(1 + idempotent, await steps(), 2):
            trial = Trial(at, mode, idempotent=idempotent)
            await main_job(trial)
            await trial.rest()
            struck += trial.fate.struck
            await everything_stands_once(trial, f"{mode} call {at}")
    assert struck > 50


async def everything_stands_once(trial: Trial, why: str) -> None:
    memory = trial.memory
    entries = [
        (number, entry)
        for number in range(1, 20)
        for entry in await memory.cases.thread(number, None, 1000)
    ]
    kept = Counter(entry.key for _, entry in entries if entry.direction == "in")
    assert kept == Counter(message.key for message in trial.messages), why
    whose = {entry.key: number for number, entry in entries}
    homes = [whose[message.key] for message in trial.messages]
    anna, boris, later = homes[0], homes[1], homes[3]
    # Boris's case was merged into Anna's later one, so what he writes next stands there.
    assert homes == [anna, boris, anna, later, later], why
    assert len({anna, boris, later}) == 3, why
    states = await memory.inbox.stats(trial.world.clock.now())
    assert (states["new"], states["quarantined"]) == (0, 0), why
    answers = [(number, entry) for number, entry in entries if entry.direction == "out"]
    assert len(answers) == 1, why
    ((number, answer),) = answers
    assert answer.delivery is not None
    times = trial.sent[f"{number}-{answer.seq}"]
    if trial.idempotent:
        assert (answer.delivery.state, times >= 1) == ("sent", True), why
    else:
        assert answer.delivery.state in {"sent", "uncertain"}, why
        assert times == 1 or (times == 0 and answer.delivery.state == "uncertain"), why
    assert sum(entry.kind == "comment" for _, entry in entries) == 1, why
    for case_number in {number for number, _ in entries}:
        case = await memory.cases.get(case_number)
        assert case is not None
        assert case.outbox == [], why
    stored = await memory.files.info("photo")
    assert stored is not None
    assert stored.case == anna, why
