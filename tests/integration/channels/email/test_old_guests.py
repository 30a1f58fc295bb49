"""A stranger's mail has moved to an older page before anybody decided about it: its keys work there
as they did."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from hub.domain.errors import Forbidden, NotFound, StoreDown
from hub.domain.staff import Actor
from hub.domain.thread import Entry
from hub.services.entryviews import EntryView
from hub.store import paging
from hub.store.store import Store
from tests.integration.channels.email.test_threads import NEIGHBOUR, answer
from tests.support.mailworld import MailWorld, written
from tests.support.samples import png

SEQ = 3
"""The stranger's mail."""
HOME = "m.petrova@mail.example"


async def house(world: MailWorld) -> MailWorld:
    await world.group("north")
    emma = await world.staff("emma")
    await world.staff("ivan", "executor")
    await world.staff("oleg", "supervisor")
    await world.take(written("С потолка течёт вода.", id="1@mail.example"))
    await world.services.casework.take(1, emma)
    await world.services.replies.send(1, emma, "Слесарь будет сегодня.", key="r1")
    await world.settle()
    await world.take(pictured(world))
    for number in range(6):
        await world.take(answer(world, f"И ещё {number}", HOME))
    assert (await world.services.book.load(1)).by_seq(SEQ) is None
    assert (await paged(world)).text == "А у меня сухо"
    return world


def pictured(world: MailWorld) -> bytes:
    """A neighbour answers the mail that was forwarded to them."""
    mail = message_from_bytes(answer(world, "А у меня сухо", NEIGHBOUR), policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(png(), "image", "png", filename="сухо.png")
    return mail.as_bytes()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("MAX_ENTRIES", 4), ("KEEP_ENTRIES", 2), ("MAX_UNFINISHED", 0)):
        monkeypatch.setattr(paging, name, few)


@pytest.fixture
async def world() -> MailWorld:
    return await house(MailWorld())


@pytest.fixture(params=["twins", "stored"])
def place(request: pytest.FixtureRequest) -> tuple[str, str] | None:
    """Where the real store is; None for the twins."""
    if request.param == "twins":
        return None
    return request.getfixturevalue("mongo_url"), request.getfixturevalue("database")


@pytest.fixture
async def either(place: tuple[str, str] | None) -> AsyncIterator[MailWorld]:
    """Over the twins and over the real store."""
    if place is None:
        yield await house(MailWorld())
        return
    store = Store.open(*place)
    await store.prepare()
    try:
        yield await house(MailWorld(store=store))
    finally:
        await store.close()


async def who(world: MailWorld, login: str = "emma") -> Actor:
    return Actor.of((await world.services.people.directory()).staff[login])


async def paged(world: MailWorld) -> Entry:
    entry = await world.store.cases.paged_entry(1, SEQ)
    assert entry is not None
    return entry


async def line(world: MailWorld) -> EntryView:
    """As pages and programs show it."""
    lines = await world.services.queries.thread(1, await who(world), limit=1_000)
    assert [one.seq for one in lines] == list(range(1, len(lines) + 1))
    return lines[SEQ - 1]


async def decided(world: MailWorld) -> tuple[str, int]:
    shown = (await line(world)).guest
    assert shown is not None
    return shown.state, shown.case


async def standing(world: MailWorld) -> list[int]:
    """Numbers of cases that stand for themselves."""
    found = await world.store.cases.many(range(1, 10))
    return sorted(number for number, case in found.items() if not case.merged_into)


async def test_it_is_accepted_where_it_stands(either: MailWorld) -> None:
    world, emma = either, await who(either)
    before = await world.services.book.load(1)
    told = len(world.phone.rows)
    case = await world.services.guests.admit(1, SEQ, emma)
    assert (case.unread, case.history[-1].action) == (before.unread + 1, "guest_admitted")
    shown = await line(world)
    assert (shown.kind, shown.direction, shown.text) == ("message", "in", "А у меня сухо")
    await world.settle()
    assert {("emma", "message", SEQ), ("emma", "card", 0)} <= set(world.phone.rows[told:])
    assert ((await paged(world)).kind, await decided(world)) == ("message", ("accepted", 0))
    settled = await world.services.book.load(1)
    assert not [row for row in settled.outbox if row.kind == "page"]
    again = await world.services.guests.admit(1, SEQ, emma)
    assert (again.unread, again.rows) == (settled.unread, settled.rows)
    await world.take(answer(world, "И сегодня сухо", NEIGHBOUR))
    last = (await world.services.book.load(1)).thread[-1]
    assert (last.kind, last.text) == ("message", "И сегодня сухо"), "they write on"


async def test_it_becomes_a_case_of_its_own(either: MailWorld) -> None:
    world, emma = either, await who(either)
    made = await world.services.guests.part(1, SEQ, emma)
    again = await world.services.guests.part(1, SEQ, emma)
    assert again.number == made.number == 2
    shown = await line(world)
    assert (shown.text, shown.files, await decided(world)) == ("", [], ("apart", 2))
    await world.settle()
    left, moved = await paged(world), (await world.services.book.load(2)).thread[0]
    assert (left.text, left.files, left.original) == ("", [], None)
    assert moved.text == "А у меня сухо"
    info = await world.store.files.info(moved.files[0].id)
    assert info is not None
    assert info.case == 2
    assert (await world.services.guests.part(1, SEQ, emma)).number == 2
    assert await standing(world) == [1, 2]


async def test_it_is_answered_in_a_case_of_their_own_however_many_press(
    either: MailWorld,
) -> None:
    world, emma = either, await who(either)
    oleg = await who(world, "oleg")
    both = await asyncio.gather(
        *(world.services.guests.answer(1, SEQ, by) for by in (emma, oleg, emma))
    )
    number = both[0].number
    assert {one.number for one in both} == {number}
    assert ((await line(world)).text, await decided(world)) == ("А у меня сухо", ("asked", number))
    await world.settle()
    assert await decided(world) == ("asked", number)
    assert (await world.services.guests.answer(1, SEQ, emma)).number == number
    made = await world.services.book.load(number)
    assert (made.linked, [one.text for one in made.thread]) == (1, ["А у меня сухо"])
    lines = (await world.services.book.load(1)).history
    assert [one.action for one in lines].count("guest_answered") == 1
    await world.services.guests.admit(1, SEQ, emma)
    assert await decided(world) == ("accepted", number), "accepted later, both are so"
    await world.settle()
    assert await decided(world) == ("accepted", number)


@pytest.mark.parametrize("key", ["admit", "part", "answer"])
async def test_a_process_that_dies_before_the_page_is_written_loses_nothing(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    async def die(number: int, entry: Entry) -> bool:
        raise asyncio.CancelledError

    emma, press = await who(world), getattr(world.services.guests, key)
    with monkeypatch.context() as broken:
        broken.setattr(world.store.cases, "save_paged", die)
        with pytest.raises(asyncio.CancelledError):
            await press(1, SEQ, emma)
    untouched = await paged(world)
    assert (untouched.kind, untouched.text) == ("comment", "А у меня сухо")
    wanted = {"admit": ("accepted", 0), "part": ("apart", 2), "answer": ("asked", 2)}[key]
    assert await decided(world) == wanted, "the case has decided, and is believed"
    await press(1, SEQ, emma)
    await world.settle()
    guest = (await paged(world)).guest
    assert guest is not None
    assert (guest.state, guest.case) == await decided(world) == wanted
    assert await standing(world) == ([1] if key == "admit" else [1, 2])
    actions = [one.action for one in (await world.services.book.load(1)).history]
    assert sum(one.startswith("guest_") for one in actions) == 1


async def test_a_process_that_comes_late_covers_nothing(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It read the page, was held up, and writes what is not so any more."""
    emma, save = await who(world), world.store.cases.save_paged
    held: list[bool] = []

    async def slow(number: int, entry: Entry) -> bool:
        if not held:
            held.append(True)
            await world.services.guests.admit(1, SEQ, emma)
            await world.settle()
        return await save(number, entry)

    monkeypatch.setattr(world.store.cases, "save_paged", slow)
    await world.services.guests.answer(1, SEQ, emma)
    await world.settle()
    assert ((await paged(world)).kind, await decided(world)) == ("message", ("accepted", 2))


async def test_two_who_decide_differently_at_once_leave_one_case(world: MailWorld) -> None:
    guests, emma, oleg = world.services.guests, await who(world), await who(world, "oleg")
    parted, answered = await asyncio.gather(guests.part(1, SEQ, emma), guests.answer(1, SEQ, oleg))
    await world.settle()
    assert parted.number == answered.number
    assert (await decided(world))[1] == parted.number
    assert await standing(world) == [1, parted.number]


async def test_who_looked_before_another_decided_changes_nothing(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They read the page while it still asked; when they wrote, it stood in another case."""
    emma, read = await who(world), world.store.cases.paged_entry
    waited: list[bool] = []

    async def slow(number: int, seq: int) -> Entry | None:
        entry = await read(number, seq)
        if not waited:
            waited.append(True)
            await world.services.guests.part(1, SEQ, emma)
            await world.settle()
        return entry

    monkeypatch.setattr(world.store.cases, "paged_entry", slow)
    case = await world.services.guests.admit(1, SEQ, emma)
    await world.settle()
    assert await decided(world) == ("apart", 2)
    assert "guest_admitted" not in [one.action for one in case.history]


async def test_a_store_that_is_away_for_long_is_waited_for(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(number: int, entry: Entry) -> bool:
        raise StoreDown

    with monkeypatch.context() as broken:
        broken.setattr(world.store.cases, "save_paged", away)
        await world.services.guests.admit(1, SEQ, await who(world))
        for _ in range(12):
            await world.settle()
            assert await decided(world) == ("accepted", 0)
            world.clock.forward(minutes=20)
            await world.timers.wake()
    await world.settle()
    assert (await paged(world)).kind == "message"


async def test_not_for_everybody_and_not_what_nobody_strange_wrote(world: MailWorld) -> None:
    guests = world.services.guests
    for press in (guests.admit, guests.part, guests.answer):
        with pytest.raises(Forbidden):
            await press(1, SEQ, await who(world, "ivan"))
        with pytest.raises(NotFound):
            await press(1, 9_999, await who(world))
    for press in (guests.part, guests.answer):
        with pytest.raises(NotFound):
            await press(1, 1, await who(world))
    assert await standing(world) == [1]
