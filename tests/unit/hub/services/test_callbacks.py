"""Calls that are owed: one entry for a number, until people spoke with each other."""

from __future__ import annotations

import itertools

import pytest

from hub.domain.callback import Callback
from hub.domain.callevent import Party
from hub.domain.errors import AlreadyTaken, Forbidden
from hub.ports.calls import CallbackFilter
from tests.support.callworld import ANNA, OLEG, CallWorld


@pytest.fixture
def world() -> CallWorld:
    return CallWorld()


async def owed(world: CallWorld, number: str = ANNA) -> Callback | None:
    return await world.services.callbacks.open_for(number)


async def test_a_missed_call_is_owed_within_ten_minutes(world: CallWorld) -> None:
    call = await world.missed()
    entry = await owed(world)
    assert entry is not None
    assert (entry.why, entry.calls, entry.number) == ("missed", [call.id], ANNA)
    assert (entry.due - entry.since).total_seconds() == 600
    assert entry.since == call.facts.ended_at


async def test_several_legs_that_rang_out_are_one_entry(world: CallWorld) -> None:
    for leg in ("a", "b", "c"):
        await world.hear("ringing", leg=leg, extension=f"51{leg}")
    for leg in ("a", "b", "c"):
        await world.hear("ended", leg=leg, extension=f"51{leg}", result="missed")
    assert await owed(world) is None
    await world.hear("ended", result="no_answer")
    await world.hear("summary", talk=0)
    assert await world.services.callbacks.waiting() == 1
    entry = await owed(world)
    assert entry is not None
    assert len(entry.calls) == 1


async def test_who_calls_again_in_vain_has_one_entry_and_the_first_deadline(
    world: CallWorld,
) -> None:
    await world.missed("c1")
    first = await owed(world)
    world.later(minutes=3)
    await world.missed("c2")
    entry = await owed(world)
    assert entry is not None
    assert first is not None
    assert len(entry.calls) == 2
    assert entry.due == first.due
    assert await world.services.callbacks.waiting() == 1


async def test_who_gets_through_is_not_owed_any_more(world: CallWorld) -> None:
    await world.missed("c1")
    world.later(minutes=1)
    await world.at("emma", "510")
    await world.hear("ringing", "c2")
    assert await owed(world) is not None
    await world.hear("answered", "c2", extension="510")
    assert await owed(world) is None
    done = (await world.store.callbacks.page(_done(), None, 5)).items[0]
    assert (done.how, done.done_by) == ("got_through", "emma")


async def test_who_was_called_back_is_not_owed_any_more(world: CallWorld) -> None:
    await world.missed("c1")
    world.later(minutes=2)
    await world.spoken("c2", direction="out")
    assert await owed(world) is None
    done = (await world.store.callbacks.page(_done(), None, 5)).items[0]
    assert done.how == "called_back"


async def test_a_call_in_vain_leaves_the_entry_and_is_counted(world: CallWorld) -> None:
    await world.missed("c1")
    emma = await world.at("emma", "510")
    entry = await owed(world)
    assert entry is not None
    await world.services.callbacks.take(entry.id, emma)
    world.later(minutes=1)
    await world.hear("ringing", "c2", direction="out")
    await world.hear("ended", "c2", direction="out", result="no_answer")
    await world.hear("summary", "c2", direction="out", talk=0)
    entry = await owed(world)
    assert entry is not None
    assert (entry.tries, entry.taken_by) == (1, "")


async def test_a_conversation_before_the_missed_call_settles_nothing(world: CallWorld) -> None:
    await world.spoken("c0")
    world.later(minutes=5)
    await world.missed("c1")
    assert await owed(world) is not None
    await world.hear("recording", "c0")
    assert await owed(world) is not None


async def test_a_missed_call_that_is_heard_of_late_is_not_owed_to_who_got_through(
    world: CallWorld,
) -> None:
    """The exchange's events of the missed call come after those of the next one."""
    early = world.clock.now()
    world.later(minutes=2)
    await world.spoken("c2")
    await world.hear("ended", "c1", at=early, result="cancelled")
    assert await owed(world) is None


async def test_late_events_take_the_entry_back(world: CallWorld) -> None:
    at = world.clock.now()
    await world.missed("c1")
    assert await owed(world) is not None
    await world.hear("answered", "c1", at=at, extension="510")
    assert await owed(world) is None
    done = (await world.store.callbacks.page(_done(), None, 5)).items[0]
    assert done.how == "was_answered"


async def test_late_events_of_one_of_two_calls_leave_the_other_owed(world: CallWorld) -> None:
    at = world.clock.now()
    await world.missed("c1")
    second = await world.missed("c2")
    await world.hear("answered", "c1", at=at)
    entry = await owed(world)
    assert entry is not None
    assert entry.calls == [second.id]


async def test_what_was_settled_is_not_opened_anew_by_a_late_event(world: CallWorld) -> None:
    await world.missed("c1")
    emma = await world.at("emma", "510")
    entry = await owed(world)
    assert entry is not None
    await world.services.callbacks.done(entry.id, emma, "  перезвонил сам ")
    await world.hear("summary", "c1", talk=0)
    assert await owed(world) is None
    settled = await world.services.callbacks.get(entry.id, emma)
    assert (settled.how, settled.done_by, settled.comment) == (
        "by_hand",
        "emma",
        "перезвонил сам",
    )


async def test_hidden_numbers_spam_inner_and_outgoing_calls_owe_nothing(world: CallWorld) -> None:
    emma = await world.at("emma", "510")
    await world.missed("hidden", caller=Party(name="anonymous"))
    await world.missed("inner", direction="inner")
    await world.hear("ended", "out", direction="out", result="no_answer")
    assert await world.services.callbacks.waiting() == 0
    call = await world.missed("c1")
    await world.services.calls.block(call.id, emma)
    assert await world.services.callbacks.waiting() == 0
    again = await world.missed("c2")
    assert again.spam
    assert await world.services.callbacks.waiting() == 0


async def test_voicemail_and_requests_become_entries(world: CallWorld) -> None:
    await world.hear("ringing", "c1")
    await world.hear("voicemail", "c1")
    await world.hear("ended", "c1", result="answered")
    await world.hear("request", "c2", OLEG)
    first, second = await owed(world), await owed(world, OLEG)
    assert first is not None
    assert second is not None
    assert (first.why, second.why) == ("voicemail", "request")


async def test_one_person_takes_an_entry(world: CallWorld) -> None:
    await world.missed()
    emma, pavel = await world.at("emma", "510"), await world.at("pavel", "511")
    entry = await owed(world)
    assert entry is not None
    await world.services.callbacks.take(entry.id, emma)
    await world.services.callbacks.take(entry.id, emma)
    with pytest.raises(AlreadyTaken) as taken:
        await world.services.callbacks.take(entry.id, pavel)
    assert taken.value.params["operator"] == "emma"
    await world.services.callbacks.give_back(entry.id, emma)
    assert (await world.services.callbacks.take(entry.id, pavel)).taken_by == "pavel"


async def test_supervisors_hear_once_of_what_is_late(world: CallWorld) -> None:
    await world.staff("vera", "supervisor")
    await world.missed()
    world.later(minutes=9)
    await world.timers.callbacks()
    assert await world.store.letters.due(world.clock.now(), 9) == []
    world.later(minutes=2)
    await world.timers.callbacks()
    await world.timers.callbacks()
    assert await world.store.letters.due(world.clock.now(), 9) == ["staff:vera:staff"]
    letter = await world.store.letters.claim("staff:vera:staff", "me", world.clock.now(), 60)
    assert letter is not None
    assert letter.body["method"] == "callback"
    letter.state = "sent"
    await world.store.letters.settle(letter)
    assert await world.store.letters.due(world.clock.now(), 9) == []


async def test_who_has_no_such_right_sees_none(world: CallWorld) -> None:
    oleg = await world.staff("oleg", "executor")
    with pytest.raises(Forbidden):
        await world.services.callbacks.page(oleg)


async def test_whatever_order_the_events_come_in_the_same_is_owed() -> None:
    """Two calls of a number, the second of which gets through: nobody is owed a call, in any
    order of their events."""
    story = [
        ("ended", "c1", 20, {"result": "cancelled"}),
        ("ringing", "c1", 0, {}),
        ("ringing", "c2", 60, {}),
        ("answered", "c2", 65, {}),
        ("ended", "c2", 90, {"result": "answered"}),
    ]
    for order in itertools.permutations(story):
        world = CallWorld()
        start = world.clock.now()
        for kind, call, seconds, said in order:
            world.clock.time = start
            world.later(seconds=seconds)
            at = world.clock.now()
            world.clock.time = start
            world.later(seconds=100)
            await world.hear(kind, call, at=at, **said)
        assert await owed(world) is None, order


def _done() -> CallbackFilter:
    return CallbackFilter(state="done")


async def test_those_whose_telephones_rang_hear_at_once_and_once(world: CallWorld) -> None:
    await world.at("emma", "510")
    await world.at("pavel", "511")
    await world.hear("ringing", leg="a", extension="510")
    letters = world.store.letters
    ring = await letters.claim("staff:emma:staff", "me", world.clock.now(), 60)
    assert ring is not None
    ring.state = "sent"
    await letters.settle(ring)
    for _ in range(3):
        await world.hear("ended", result="cancelled")
    assert await letters.due(world.clock.now(), 9) == ["staff:emma:staff"]
    letter = await letters.claim("staff:emma:staff", "me", world.clock.now(), 60)
    assert letter is not None
    assert letter.body["method"] == "callback"
    letter.state = "sent"
    await letters.settle(letter)
    assert await letters.due(world.clock.now(), 9) == []


async def test_a_process_that_dies_after_the_save_owes_the_call_all_the_same(
    world: CallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The inbox row is taken again: the event is no news then, and what follows must follow."""
    event_key = "pbx:the-end"
    with monkeypatch.context() as broken:
        broken.setattr(world.store.callbacks, "add", _dies)
        with pytest.raises(RuntimeError):
            await world.hear("ended", key=event_key, result="cancelled")
    assert await owed(world) is None
    call = await world.hear("ended", key=event_key, result="cancelled")
    entry = await owed(world)
    assert entry is not None
    assert entry.calls == [call.id]
    assert len(call.events) == 1


async def _dies(entry: object) -> None:
    raise RuntimeError
