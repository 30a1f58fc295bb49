"""The status card and the sign at a message: what is said, and what becomes of failures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hub.domain.case import Case
from hub.domain.hours import HOUSE, Schedule, read_spans
from hub.domain.message import Accepted, Deferred, Outcome, Rejected, Unsure
from hub.domain.outbox import Letter, Row
from hub.domain.staff import SYSTEM
from hub.ports.channel import Capabilities
from hub.ports.outlet import Skip
from hub.services.postman import Postman
from hub.services.statuscard import StatusOutlet, state_of, verbs_of
from tests.support.cases import EMMA, NOW, in_state
from tests.support.world import START, World


class Kept:
    """An outlet of letters that remembers them."""

    def __init__(self) -> None:
        self.letters: list[str] = []

    def limits(self, letter: Letter) -> tuple[()]:
        return ()

    async def send(self, letter: Letter) -> Accepted:
        self.letters.append(letter.id)
        return Accepted()


@pytest.fixture
def world() -> World:
    world = World(status_card=True)
    world.channel.caps = Capabilities(
        max_text=4096, buttons=True, edit=True, reactions=True, status_card=True
    )
    return world


async def case_of(world: World, **fields: Any) -> Case:
    await world.say("Нет воды", **fields)
    return await world.services.book.load(1)


def sign(case: Case, **fields: Any) -> Row:
    now = case.created_at
    row: dict[str, Any] = {"id": 9, "kind": "react", "to": "seen:1", "account": "site", "entry": 1}
    return Row(**(row | {"due": now, "at": now} | fields))


@pytest.mark.parametrize(
    ("outcome", "came"),
    [
        (Accepted(), Accepted()),
        (Deferred("rate_limit", 2, "chat"), Deferred("rate_limit", 2, "chat")),
        (Rejected("unsupported"), Skip(tried=True)),
        (Rejected("blocked", gone=True), Skip(tried=True)),
        (Unsure("timeout"), Skip(tried=True)),
    ],
)
async def test_a_sign_that_cannot_be_set_is_given_up(
    world: World, outcome: Outcome, came: Outcome | Skip
) -> None:
    case = await case_of(world)
    world.channel.outcomes = [outcome]
    outlet = StatusOutlet(world.deps, world.services.hours)
    assert await outlet.send(case, sign(case)) == came
    assert world.channel.sent[-1].in_reply_to == case.thread[0].external_ids[0]
    assert world.channel.sent[-1].reaction


@pytest.mark.parametrize(
    "fields",
    [{"tries": 4}, {"entry": 7}, {"account": "gone"}, {"at": START - timedelta(minutes=3)}],
)
async def test_a_sign_that_comes_too_late_or_has_no_place_is_not_set(
    world: World, fields: dict[str, Any]
) -> None:
    case = await case_of(world)
    sent = len(world.channel.sent)
    outlet = StatusOutlet(world.deps, world.services.hours)
    assert await outlet.send(case, sign(case, **fields)) == Skip()
    assert len(world.channel.sent) == sent


async def test_a_channel_without_reactions_is_not_asked_for_one() -> None:
    world = World(status_card=True)
    case = await case_of(world, reactable=True)
    assert all(not out.reaction for out in world.channel.sent)
    assert not case.outbox


async def test_one_message_gets_its_sign_and_its_card(world: World) -> None:
    case = await case_of(world, reactable=True)
    assert sorted(bool(out.reaction) for out in world.channel.sent) == [False, True]
    assert not case.outbox


async def test_a_card_that_they_deleted_is_sent_anew(world: World) -> None:
    case = await case_of(world)
    assert case.status_card == "out1"
    world.channel.outcomes = [Rejected("message_gone")]
    await world.services.casework.take(1, await world.staff("emma"))
    await world.settle()
    assert [out.edit for out in world.channel.sent[-2:]] == ["out1", ""]
    assert (await world.services.book.load(1)).status_card == "out3"


async def test_nothing_is_promised_that_has_passed_or_for_when_nobody_works(world: World) -> None:
    week = [read_spans("8-20")] * 7
    await world.store.hours.put(Schedule(id=HOUSE, week=week, holidays=False), new=True)
    case = await case_of(world)
    outlet = StatusOutlet(world.deps, world.services.hours)
    row = sign(case, kind="status", entry=0)

    async def said(hours: float) -> str:
        case.deadline = world.clock.now() + timedelta(hours=hours)
        await outlet.send(case, row)
        return world.channel.sent[-1].text.replace(str(case.deadline), "told")

    # Noon in Moscow.
    assert "opens=None" in await said(1)
    assert "deadline=told" in await said(1)
    assert "deadline=None" in await said(-1)
    # Ten in the evening: an answer within the hour is no answer before the morning.
    world.clock.forward(hours=10)
    night = await said(1)
    assert "opens=2026-11-24 05:00:00+00:00" in night
    assert "deadline=None" in night
    assert "deadline=told" in await said(24)


@pytest.mark.parametrize(
    ("status", "state", "verbs"),
    [
        ("new", "accepted", (("add", "cancel"),)),
        ("assigned", "accepted", (("add", "cancel"),)),
        ("in_progress", "working", (("add",),)),
        ("waiting", "working", (("add",),)),
        ("resolved", "done", (("good", "bad"), ("again",))),
        ("closed", "done", (("good", "bad"), ("again",))),
        ("rejected", "rejected", (("again",),)),
    ],
)
def test_what_the_resident_may_do(status: Any, state: str, verbs: object) -> None:
    case = in_state(status)
    assert (state_of(case), verbs_of(case)) == (state, verbs)


def test_withdrawn_is_not_done_and_what_was_taken_up_again_is() -> None:
    case = in_state("new")
    case.withdraw(SYSTEM, NOW)
    assert (state_of(case), verbs_of(case)) == ("withdrawn", (("resume",),))
    case.reopen(SYSTEM, NOW)
    case.take(EMMA, NOW)
    case.resolve("done", "", EMMA, NOW)
    case.close(EMMA, NOW)
    assert state_of(case) == "done"


def test_what_was_rated_is_not_asked_again() -> None:
    case = in_state("resolved")
    case.rate(1, SYSTEM, NOW)
    assert verbs_of(case) == (("again",),)


async def night(world: World) -> None:
    """Ten in the evening of a house that works from eight to eight."""
    week = [read_spans("8-20")] * 7
    await world.store.hours.put(Schedule(id=HOUSE, week=week, holidays=False), new=True)
    world.clock.forward(hours=10)


async def said_closed(world: World) -> list[str]:
    found = await world.store.letters.due(world.clock.now(), 10)
    assert set(found) <= {"resident:site:anna"}
    letter = await world.store.letters.claim("resident:site:anna", "me", world.clock.now(), 60)
    return [] if letter is None else [letter.id]


async def test_whoever_writes_on_at_night_hears_once_when_work_goes_on(world: World) -> None:
    await case_of(world, reactable=True)
    await night(world)
    kept = Kept()
    world.postman = Postman(world.deps, {"resident": kept})
    for text in ("и света", "и тепла"):
        await world.say(text, reactable=True)
    assert kept.letters == ["closed:1:202611240500"]
    world.clock.forward(days=1)
    await world.say("всё ещё", reactable=True)
    assert kept.letters == ["closed:1:202611240500", "closed:1:202611250500"]


async def test_what_the_card_says_is_not_said_again(world: World) -> None:
    await night(world)
    await case_of(world, reactable=True)
    await world.say("и света", reactable=True)
    assert await said_closed(world) == []


async def test_whoever_is_answered_at_night_is_not_told_that_nobody_is_there(world: World) -> None:
    await case_of(world, reactable=True)
    await night(world)
    emma = await world.staff("emma")
    await world.services.replies.send(1, emma, "Мастер едет")
    await world.say("Спасибо", reactable=True)
    assert await said_closed(world) == []
