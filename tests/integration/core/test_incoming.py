"""What comes in late, twice, in a row with others, or with hostile figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from hub.domain.case import Case
from hub.domain.catalog import ResultCode
from hub.domain.message import Deferred, Edit, Inbound, Outcome
from hub.domain.outbox import Row
from hub.domain.thread import amend
from hub.ports.channel import Limit
from hub.ports.inbox import InboxRow
from hub.services.inlinefiles import BEGINNING
from hub.services.people import StaffChange
from hub.services.reaction import MOST_NOTICES
from hub.store.paging import MAX_ENTRIES
from tests.support.world import World


async def texts(world: World, number: int) -> list[str]:
    return [entry.text for entry in (await world.services.book.load(number)).thread]


# ── whose message it is ──────────────────────────────────────────────────────────────────────────


async def test_row_that_speaks_for_several_people_goes_to_each_ones_case() -> None:
    """The case chosen for the first message took the others' as well: a stranger's words stood in
    somebody's case, and the answer would have gone to the stranger."""
    world = World()
    await world.say("Анна: нет воды")
    await world.say("Борис: нет света", "boris")
    await world.keep(
        world.inbound("Анна: и тепла"),
        world.inbound("Борис: и газа", "boris"),
        world.inbound("Клара: лифт стоит", "clara"),
    )
    await world.settle()
    assert await texts(world, 1) == ["Анна: нет воды", "Анна: и тепла"]
    assert await texts(world, 2) == ["Борис: нет света", "Борис: и газа"]
    assert await texts(world, 3) == ["Клара: лифт стоит"]


async def test_crash_amid_a_row_of_several_people_files_each_message_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    await world.keep(world.inbound("Анна"), world.inbound("Борис", "boris"), id="both")
    file = world.intake._lone.file

    async def killed(row: InboxRow, message: Inbound) -> None:
        if message.text == "Борис":
            raise RuntimeError
        await file(row, message)

    monkeypatch.setattr(world.intake._lone, "file", killed)
    await world.settle()
    monkeypatch.undo()
    world.clock.forward(seconds=5)
    await world.timers.wake()
    await world.settle()
    assert await texts(world, 1) == ["Анна"]
    assert await texts(world, 2) == ["Борис"]


async def test_reply_to_an_older_case_goes_to_that_case() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("про воду")
    await world.services.replies.send(1, emma, "когда вы дома?")
    await world.settle()
    answer = (await world.services.book.load(1)).entry(2).external_ids[0]
    await world.services.residents.begin_anew("site:anna")
    await world.say("про лифт")
    await world.say("после шести", in_reply_to=answer)
    await world.say("лифт пошёл")
    assert await texts(world, 1) == ["про воду", "когда вы дома?", "после шести"]
    assert await texts(world, 2) == ["про лифт", "лифт пошёл"]


async def test_quoting_a_strangers_message_opens_no_door() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("про воду")
    await world.services.replies.send(1, emma, "код домофона 12К")
    await world.settle()
    answer = (await world.services.book.load(1)).entry(2).external_ids[0]
    await world.say("и мне", "boris", in_reply_to=answer)
    assert await texts(world, 1) == ["про воду", "код домофона 12К"]
    assert await texts(world, 2) == ["и мне"]


# ── time ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)]
)
async def test_what_a_sender_says_of_the_time_reopens_no_old_case(said: datetime) -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    await world.services.casework.close(1, emma)
    world.clock.forward(days=100)
    await world.say("два", sent_at=said)
    assert (await world.services.book.load(1)).status == "closed"
    assert (await world.services.book.load(2)).linked == 1


async def test_message_said_before_the_case_was_closed_reopens_it_when_it_comes() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    said = world.clock.now()
    world.clock.forward(minutes=5)
    await world.services.casework.close(1, emma)
    await world.say("ещё не всё", sent_at=said)
    assert (await world.services.book.load(1)).status == "new"


# ── order and repeats ────────────────────────────────────────────────────────────────────────────


async def test_row_that_fails_for_a_moment_is_not_overtaken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What came after it in its lane was taken first: «/new» after the message it was meant for."""
    world = World()
    seen: list[str] = []
    file = world.intake._lone.file

    async def stumbling(row: InboxRow, message: Inbound) -> None:
        seen.append(message.text)
        if seen == ["раз"]:
            raise RuntimeError
        await file(row, message)

    async def alone(rows: Sequence[object]) -> Sequence[object]:
        return rows

    monkeypatch.setattr(world.intake._lone, "file", stumbling)
    monkeypatch.setattr(world.intake._filing, "together", alone)
    await world.keep(world.inbound("раз"))
    await world.settle()
    await world.keep(world.inbound("два"))
    await world.settle()
    assert seen == ["раз"]
    for _ in range(3):
        world.clock.forward(seconds=4)
        await world.timers.wake()
        await world.settle()
    assert seen == ["раз", "раз", "два"]


async def test_row_that_fails_for_ever_holds_its_lane_up_for_seconds_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    bad = world.inbound("яд")
    file = world.intake._lone.file

    async def poisoned(row: InboxRow, message: Inbound) -> None:
        if message.text == "яд":
            raise RuntimeError
        await file(row, message)

    async def alone(rows: Sequence[object]) -> Sequence[object]:
        return rows

    monkeypatch.setattr(world.intake._lone, "file", poisoned)
    monkeypatch.setattr(world.intake._filing, "together", alone)
    await world.keep(bad)
    await world.keep(world.inbound("вода"))
    await world.keep(world.inbound("другой дом", "boris"))
    await world.settle()
    assert await texts(world, 1) == ["другой дом"]
    for _ in range(6):
        world.clock.forward(seconds=5)
        await world.timers.wake()
        await world.settle()
    assert await texts(world, 2) == ["вода"]
    for _ in range(400):
        world.clock.forward(seconds=10)
        await world.timers.wake()
        await world.settle()
    page = await world.store.inbox.page(account="", state="quarantined", cursor=None, limit=10)
    assert [row.external_id for row in page.items] == [bad.key]


async def test_taker_that_slept_doubles_nothing_that_moved_to_a_page() -> None:
    """Its lease ran out amid a flood; the rows in its hands were filed and paged by another."""
    world = World()
    await world.say("раз")
    flood = [world.inbound(f"сообщение {number}") for number in range(MAX_ENTRIES + 60)]
    for message in flood:
        await world.keep(message)
    in_hand = await world.store.inbox.waiting([flood[0].conversation], 64, world.clock.now())
    await world.settle()
    assert (await world.services.book.load(1)).pages
    await world.intake.understand(in_hand)
    keys = [entry.key for entry in await world.store.cases.thread(1, None, 10_000)]
    assert len(keys) == len(set(keys)) == len(flood) + 1


def edit(text: str, at: datetime) -> Edit:
    return Edit(
        key=text, account="site", conversation="site:anna", external_id="m1", at=at, text=text
    )


async def test_edit_that_was_overtaken_covers_nothing() -> None:
    world = World()
    await world.say("А")
    case = await world.services.book.load(1)
    (entry,) = case.thread
    now = world.clock.now()
    assert amend(entry, edit("В", now + timedelta(seconds=2)))
    assert amend(entry, edit("Б", now + timedelta(seconds=1)))
    assert entry.text == "В"
    assert [one.text for one in entry.edits] == ["А", "Б"]
    assert not amend(entry, edit("Б", now + timedelta(seconds=1)))
    assert not amend(entry, edit("В", now + timedelta(seconds=2)))
    assert (entry.text, len(entry.edits)) == ("В", 2)


# ── size ─────────────────────────────────────────────────────────────────────────────────────────


async def test_text_as_long_as_a_book_is_a_file_and_the_case_stays_small() -> None:
    """Eight of two megabytes made the case too large to be saved by anybody."""
    world = World()
    emma = await world.staff("emma")
    book = "вода " * 400_000
    for _ in range(12):
        await world.say(book)
    case = await world.services.book.load(1)
    entry = case.thread[-1]
    assert len(case.thread) == 12
    assert entry.text == book[:BEGINNING] + "…"
    info = await world.services.uploads.info(entry.files[0].id, emma)
    stored = b"".join([part async for part in world.services.uploads.read(info)])
    assert stored.decode() == book
    await world.services.replies.send(1, emma, "прочитали")


class Away:
    """Staff bots cannot be reached."""

    def limits(self, case: Case, row: Row) -> list[Limit]:
        return []

    async def send(self, case: Case, row: Row) -> Outcome:
        return Deferred("network", 60, "account")


async def test_flood_is_kept_whole_and_told_of_in_few_notices() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    await world.services.casework.take(1, emma)
    await world.settle()
    outlets = world.relay._outlets
    world.relay._outlets = {**outlets, "notice": Away(), "card": Away()}
    for number in range(300):
        await world.keep(world.inbound(f"сообщение {number}"))
    await world.settle()
    case = await world.services.book.load(1)
    assert case.seqs == 301
    assert len(case.outbox) <= MOST_NOTICES + 2
    world.phone.rows.clear()
    world.relay._outlets = outlets
    world.clock.forward(seconds=61)
    await world.timers.wake()
    await world.settle()
    assert ("emma", "message", 301) in world.phone.rows
    assert ("emma", "card", 0) in world.phone.rows


# ── people who left ──────────────────────────────────────────────────────────────────────────────


async def test_who_left_with_a_resolved_case_still_gives_the_others_back() -> None:
    world = World()
    emma = await world.staff("emma")
    root = await world.staff("root", "admin")
    await world.store.catalog.put_result(ResultCode(id="done", name="Решено"))
    for who in ("anna", "boris"):
        await world.say("раз", who)
    for number in (1, 2):
        await world.services.casework.take(number, emma)
    await world.services.casework.resolve(1, "done", emma)
    await world.services.people.change("emma", StaffChange(active=False), root)
    case = await world.services.book.load(2)
    assert (case.operator, case.status) == ("", "new")


@pytest.mark.parametrize("end", ["resolve", "close"])
async def test_case_of_somebody_who_left_comes_back_to_the_queue(end: str) -> None:
    world = World()
    emma = await world.staff("emma")
    await world.staff("lena")
    root = await world.staff("root", "admin")
    await world.store.catalog.put_result(ResultCode(id="done", name="Решено"))
    await world.say("раз")
    await world.services.casework.take(1, emma)
    if end == "resolve":
        await world.services.casework.resolve(1, "done", emma)
    else:
        await world.services.casework.close(1, emma)
    await world.settle()
    await world.services.people.change("emma", StaffChange(active=False), root)
    world.phone.rows.clear()
    await world.say("снова")
    case = await world.services.book.load(1)
    assert (case.operator, case.status) == ("", "new")
    assert {row[0] for row in world.phone.rows} == {"lena"}


@pytest.mark.parametrize("how", ["spam", "merge"])
async def test_deferred_case_that_was_put_aside_and_back_still_comes_at_its_time(how: str) -> None:
    """Its time was forgotten: undone, it stayed deferred for ever."""
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    await world.say("два", "boris")
    work = world.services.casework
    await work.defer(1, world.clock.now() + timedelta(hours=2), emma)
    if how == "spam":
        await work.spam(1, emma)
        await work.unspam(1, emma)
    else:
        await work.merge(1, 2, emma)
        await work.unmerge(1, emma)
    assert (await world.services.book.load(1)).status == "deferred"
    world.clock.forward(hours=3)
    await world.timers.deadlines()
    assert (await world.services.book.load(1)).status == "new"


async def test_nobody_is_told_of_spam() -> None:
    world = World(status_card=True)
    emma = await world.staff("emma")
    await world.say("купите окна")
    await world.services.casework.take(1, emma)
    await world.services.casework.spam(1, emma)
    await world.settle()
    world.phone.rows.clear()
    world.channel.sent.clear()
    first = await world.say("и двери")
    await world.intake._receipts.edit(
        Edit(
            key="e",
            account="site",
            conversation=first.conversation,
            external_id=first.external_id,
            at=world.clock.now(),
            text="и балконы",
        )
    )
    await world.settle()
    assert world.phone.rows == []
    assert world.channel.sent == []
    case = await world.services.book.load(1)
    assert (case.status, [entry.text for entry in case.thread]) == (
        "spam",
        ["купите окна", "и балконы"],
    )


async def test_case_of_somebody_who_left_is_found_when_nobody_finished_their_leaving(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process died after the person was put out and before their cases went back."""
    world = World()
    emma = await world.staff("emma")
    root = await world.staff("root", "admin")
    await world.say("раз")
    await world.services.casework.take(1, emma)

    async def killed(login: str, by: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(world.services.people, "_hand_cases_back", killed)
    with pytest.raises(RuntimeError):
        await world.services.people.change("emma", StaffChange(active=False), root)
    await world.timers.tidy()
    case = await world.services.book.load(1)
    assert (case.operator, case.status) == ("", "new")
