"""Mails that wait together are filed together, and stand where they would one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from hub.domain.case import Case
from hub.domain.errors import StoreDown
from hub.domain.message import Inbound
from hub.domain.staff import Actor
from hub.ports.inbox import InboxRow
from hub.services.lonefiling import LoneFiling
from hub.store.store import Store
from tests.support.mailworld import MailWorld, written


@pytest.fixture(params=["memory", "mongo"])
async def world(
    request: pytest.FixtureRequest, mongo_url: str, database: str
) -> AsyncIterator[MailWorld]:
    store = None
    if request.param == "mongo":
        store = Store.open(mongo_url, database)
        await store.prepare()
    made = MailWorld(store=store)
    await made.group("north")
    yield made
    if store is not None:
        await store.close()


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Texts of the mails that were filed alone."""
    found: list[str] = []
    file = LoneFiling.file

    async def watched(self: LoneFiling, row: InboxRow, message: Inbound) -> None:
        found.append(message.text)
        await file(self, row, message)

    monkeypatch.setattr(LoneFiling, "file", watched)
    return found


async def heap(world: MailWorld, *mails: bytes) -> None:
    """They all wait before anybody looks."""
    for mail in mails:
        await world.fetched(mail)
        world.clock.forward(seconds=1)
    await world.settle()


async def threads(world: MailWorld) -> list[list[str]]:
    return [
        [entry.text for entry in case.thread if entry.kind == "message"]
        for case in await world.cases()
    ]


def who(number: int) -> str:
    return f"r{number}@mail.example"


def first(number: int, text: str = "", subject: str = "") -> bytes:
    return written(
        text or f"начало {number}",
        sender=who(number),
        subject=subject or f"Дело {number}",
        id=f"{number}@mail.example",
    )


def again(number: int, text: str = "", **headers: str) -> bytes:
    given = {"In_Reply_To": f"<{number}@mail.example>", "subject": f"Re: Дело {number}"} | headers
    return written(text or f"ещё {number}", sender=who(number), **given)


async def answered(world: MailWorld, emma: Actor, number: int) -> Any:
    await world.services.replies.send(number, emma, f"ответ {number}", key=f"r{number}")
    await world.settle()
    return world.letter()


async def test_answers_of_many_stand_each_in_their_case(world: MailWorld, alone: list[str]) -> None:
    emma = await world.staff("emma", bot=False)
    await heap(world, *(first(n) for n in range(1, 6)))
    ours = await answered(world, emma, 1)
    await heap(
        world,
        # By our token alone, by its own mail's id, by a number, by the subject, by nothing.
        written("по знаку", sender=who(1), to=str(ours["Reply-To"]), subject="иное"),
        again(2),
        written("по номеру", sender=who(3), subject="Вопрос [#3]"),
        written("по теме", sender=who(4), subject="RE: дело 4"),
        written("новое", sender=who(5), subject="Дело 6"),
    )
    assert await threads(world) == [
        ["начало 1", "ответ 1", "по знаку"],
        ["начало 2", "ещё 2"],
        ["начало 3", "по номеру"],
        ["начало 4", "по теме"],
        ["начало 5"],
        ["новое"],
    ]
    assert alone == []


async def test_what_answers_a_mail_of_the_same_heap_follows_it(world: MailWorld) -> None:
    await heap(world, first(1), again(1), again(1, "и ещё", subject="Re: Дело 1", id="3@x.example"))
    assert await threads(world) == [["начало 1", "ещё 1", "и ещё"]]


async def test_the_same_subject_in_the_same_heap_is_one_conversation(world: MailWorld) -> None:
    by_subject = written("по теме", sender=who(1), subject="Re: Дело 1")
    await heap(world, first(1), by_subject, first(2))
    assert await threads(world) == [["начало 1", "по теме"], ["начало 2"]]


async def test_two_of_that_subject_in_the_heap_are_two(world: MailWorld) -> None:
    """Nobody can say which is meant; alone it would be the same."""
    other = written("второе", sender=who(1), subject="Дело 1", id="b@mail.example")
    by_subject = written("по теме", sender=who(1), subject="Re: Дело 1")
    await heap(world, first(1), other, by_subject)
    assert await threads(world) == [["начало 1"], ["второе"], ["по теме"]]


async def test_a_lane_goes_on_in_order_after_what_is_left(
    world: MailWorld, alone: list[str]
) -> None:
    await heap(world, first(1))
    await heap(world, again(1, "раз", id="2@x.example"), again(1, "два"), first(2))
    await heap(
        world,
        written("три", sender=who(1), subject="Re: Дело 1", In_Reply_To="<lost@x.example>"),
        written("четыре", sender=who(1), subject="Re: Дело 1", In_Reply_To="<gone@x.example>"),
        again(2, "пять"),
    )
    assert await threads(world) == [
        ["начало 1", "раз", "два", "три", "четыре"],
        ["начало 2", "пять"],
    ]
    assert alone == ["четыре"]


async def test_a_stranger_of_the_heap_is_put_before_the_staff(world: MailWorld) -> None:
    emma = await world.staff("emma", bot=False)
    await heap(world, first(1))
    ours = await answered(world, emma, 1)
    to = str(ours["Reply-To"])
    await heap(
        world,
        written("я тут чужой", sender=who(9), to=to),
        written("а я свой", sender=who(1), to=to),
        written("знаю номер", sender=who(8), subject="О [#1]"),
    )
    case, other = await world.cases()
    guests = [entry.text for entry in case.thread if entry.guest is not None]
    assert guests == ["я тут чужой"]
    assert (await threads(world))[0] == ["начало 1", "ответ 1", "а я свой"]
    assert [entry.text for entry in other.thread] == ["знаю номер"]


async def test_the_same_mail_twice_in_a_heap_stands_once(world: MailWorld) -> None:
    await heap(world, first(1))
    await heap(world, again(1), again(1), again(1))
    assert await threads(world) == [["начало 1", "ещё 1"]]
    waiting = await world.store.inbox.stats(world.clock.now())
    assert (waiting["new"], waiting["quarantined"]) == (0, 0)


async def test_what_stands_in_a_case_already_is_no_news(world: MailWorld) -> None:
    """A taker whose lease ran out filed it, and did not say that it is done."""
    await heap(world, first(1), first(2))
    await world.fetched(again(1))
    await world.fetched(again(2))
    done = world.store.inbox.done

    async def away(ids: Sequence[str], now: object) -> None:
        raise StoreDown(reason="away")

    world.store.inbox.done = away
    with pytest.raises(StoreDown):
        await world.settle()
    world.store.inbox.done = done
    world.clock.forward(minutes=5)
    await world.timers.wake()
    await world.settle()
    assert await threads(world) == [["начало 1", "ещё 1"], ["начало 2", "ещё 2"]]
    assert (await world.store.inbox.stats(world.clock.now()))["new"] == 0


async def test_the_case_is_on_the_row_before_it_is_touched(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await heap(world, first(1), first(2))
    seen: list[dict[str, int]] = []
    save_many = world.store.cases.save_many

    async def watched(cases: Sequence[tuple[Case, str]]) -> list[int]:
        page = await world.store.inbox.page(account="", state="new", cursor=None, limit=9)
        seen.append({row.lane: row.case for row in page.items})
        return await save_many(cases)

    monkeypatch.setattr(world.store.cases, "save_many", watched)
    await heap(world, again(2), again(1))
    assert seen == [{f"office:{who(2)}": 2, f"office:{who(1)}": 1}]


async def test_a_lost_race_goes_to_the_chosen_case_alone(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch, alone: list[str]
) -> None:
    emma = await world.staff("emma", bot=False)
    await heap(world, first(1), first(2))
    save_many = world.store.cases.save_many
    raced: list[int] = []

    async def late(cases: Sequence[tuple[Case, str]]) -> list[int]:
        if not raced:
            raced.append(1)
            await world.services.replies.comment(1, emma, "сам", key="c1")
        return await save_many(cases)

    monkeypatch.setattr(world.store.cases, "save_many", late)
    await heap(world, again(1), again(2))
    assert await threads(world) == [["начало 1", "ещё 1"], ["начало 2", "ещё 2"]]
    assert alone == ["ещё 1"]


async def test_ended_cases_are_looked_at_alone_and_merged_ones_followed(
    world: MailWorld, alone: list[str]
) -> None:
    emma = await world.staff("emma", bot=False)
    third = written("начало 3", sender=who(2), subject="Дело 3", id="3@mail.example")
    await heap(world, first(1), first(2), third, first(4))
    await world.services.casework.close(1, emma)
    world.clock.forward(days=20)
    await world.services.casework.merge(2, 3, emma)
    await heap(world, again(1, "спустя"), again(2, "слитое"), again(4, "четвёртое"))
    cases = await world.cases()
    assert (await threads(world))[0] == ["начало 1"]
    assert (await threads(world))[2:] == [
        ["начало 3", "слитое"],
        ["начало 4", "четвёртое"],
        ["спустя"],
    ]
    assert cases[-1].linked == 1
    assert alone == ["спустя"]


async def test_files_of_a_heap_belong_to_the_cases_of_their_mails(world: MailWorld) -> None:
    await heap(world, first(1), first(2))
    await heap(world, again(2), again(1))
    for case in await world.cases():
        for entry in case.thread:
            assert entry.original is not None
            stored = await world.store.files.info(entry.original.source)
            assert (stored.case, stored.name, stored.mime) == (
                case.number,
                "mail.eml",
                "message/rfc822",
            )
            assert stored.size == entry.original.size
