"""A heap of mails, cut off at every single call of the store: killed before it, killed after it,
the store away, its answer lost. Every mail stands once, in its case, with its files."""

from __future__ import annotations

from contextlib import suppress
from email import policy
from email.message import EmailMessage

import pytest
from structlog.testing import capture_logs

from hub.domain.case import Case
from hub.domain.errors import StoreDown
from tests.integration.core.test_every_step import MODES, ROUNDS, Fate, Killed, Process
from tests.support.mailworld import MailWorld, written
from tests.support.memory import Memory


def with_everything(number: int, **headers: str) -> bytes:
    """Text, markup and a file."""
    mail = EmailMessage(policy=policy.SMTP)
    given = {"From": f"r{number}@mail.example", "To": "case@uk.example"} | headers
    for name, value in given.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"текст {number}")
    mail.add_alternative(f"<p>текст <b>{number}</b></p>", subtype="html")
    mail.add_attachment(b"%PDF-1.7 act", "application", "pdf", filename="act.pdf")
    return mail.as_bytes()


BEFORE = [
    written(f"начало {n}", sender=f"r{n}@mail.example", subject=f"Дело {n}", id=f"{n}@mail.example")
    for n in (1, 2, 3)
]
HEAP = [
    with_everything(1, Subject="Re: Дело 1", In_Reply_To="<1@mail.example>"),
    with_everything(2, Subject="О [#2]"),
    written("по теме", sender="r3@mail.example", subject="Re: Дело 3"),
    with_everything(4, Subject="Дело 4", Message_ID="<4@mail.example>"),
    written("сразу", sender="r4@mail.example", subject="x", In_Reply_To="<4@mail.example>"),
    written("чужой", sender="r5@mail.example", subject="x", References="<1@mail.example>"),
]
HOMES = [1, 2, 3, 4, 4, 1]


async def run(at: int, mode: str) -> tuple[Fate, MailWorld]:
    memory = Memory()
    world = MailWorld(store=memory)
    await world.group("north")
    for mail in BEFORE:
        await world.take(mail)
    fate = Fate(at, mode)
    world = started(memory, fate, world)
    for mail in HEAP:
        for _ in range(3):
            try:
                await world.fetched(mail)
            except Killed:
                world = started(memory, Fate(0, ""), world)
            except StoreDown:
                continue
            else:
                break
    for _ in range(ROUNDS):
        try:
            await world.settle()
            await world.timers.wake()
            await world.settle()
        except Killed:
            world = started(memory, Fate(0, ""), world)
        except StoreDown:
            pass
        with suppress(Killed, StoreDown):
            if (await memory.inbox.stats(world.clock.now()))["new"] == 0:
                return fate, MailWorld(store=memory)
        world.clock.forward(seconds=61)
    raise AssertionError(f"{mode} call {at}: something waits for ever")


def started(memory: Memory, fate: Fate, before: MailWorld) -> MailWorld:
    """A process that sees this store."""
    world = MailWorld(store=Process(memory, fate))
    world.deps.ids.count = before.deps.ids.count + 100_000  # type: ignore[attr-defined]
    world.clock.time = before.clock.time
    return world


@pytest.mark.parametrize("mode", MODES)
async def test_a_heap_cut_off_anywhere_stands_once(mode: str) -> None:
    with capture_logs():
        calls = (await run(0, ""))[0].calls
        assert calls > 20
        for at in range(1, calls + 1):
            fate, world = await run(at, mode)
            assert fate.struck
            why = f"{mode} call {at}"
            found = [await world.case_of(mail) for mail in HEAP]
            fresh = max(case.number for case in await numbered(world))
            homes = [case.number if case else 0 for case in found]
            # Numbers that were given out and not used leave gaps.
            assert [min(number, 4) for number in homes] == HOMES, why
            assert homes[3] == homes[4] == fresh, why
            cases = await numbered(world)
            assert sum(case.seqs for case in cases) == len(BEFORE) + len(HEAP), why
            assert len(cases) == 4, why
            for case in cases:
                for entry in case.thread:
                    assert entry.original is not None
                    files = [
                        entry.original.source,
                        entry.original.html,
                        *(f.id for f in entry.files),
                    ]
                    for file in filter(None, files):
                        stored = await world.store.files.info(file)
                        assert stored is not None, why
                        assert stored.case == case.number, why


async def numbered(world: MailWorld) -> list[Case]:
    return list((await world.store.cases.many(range(1, 30))).values())
