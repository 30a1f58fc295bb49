"""Many calls at once are the same calls as one by one; what is not plain is taken alone."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from hub.domain.call import Call, call_id
from hub.domain.callevent import CallEvent, CallResult, Party
from hub.domain.contact import Contact
from hub.ports.calls import CallbackFilter
from tests.support.world import START, World


def told(name: str, number: str, result: CallResult = "answered", *, minutes: int = 0) -> CallEvent:
    began = START + timedelta(minutes=minutes)
    return CallEvent(
        key=f"pbx:{name}:{result}",
        account="pbx",
        channel="cti",
        call=name,
        kind="summary",
        at=began + timedelta(seconds=70),
        direction="in",
        caller=Party(number=number),
        started_at=began,
        talk=60 if result == "answered" else 0,
        result=result,
    )


def number(at: int) -> str:
    return f"+7916000{at:04}"


async def heard(world: World, name: str) -> Call:
    call = await world.store.calls.get(call_id("pbx", name))
    assert call is not None
    return call


async def test_it_makes_the_same_calls_and_callers_as_one_by_one() -> None:
    one, many = World(), World()
    events = [told(str(at), number(at // 2)) for at in range(8)]
    for event in events:
        await one.services.call_intake.take(event)
    flags = await many.services.call_intake.take_many([[event] for event in events])
    assert flags == [True] * 8
    for at in range(8):
        alone, together = await heard(one, str(at)), await heard(many, str(at))
        assert msgspec.to_builtins(alone) == msgspec.to_builtins(together)
        assert await many.store.contacts.get(together.contact) is not None
    assert len(many.heard.events) == 8


async def test_what_is_told_again_or_of_a_known_call_is_left() -> None:
    world = World()
    await world.services.call_intake.take(told("known", number(1)))
    flags = await world.services.call_intake.take_many(
        [
            [told("known", number(1))],
            [told("twice", number(2))],
            [told("twice", number(2), "missed")],
            [told("new", number(3))],
        ]
    )
    assert flags == [False, False, False, True]


async def test_who_is_owed_a_call_or_stands_in_the_book_is_left() -> None:
    world = World()
    written = Contact(
        id="a", name="Анна", phone=number(2), edited=["phone"], created_at=START, updated_at=START
    )
    await world.store.contacts.add_many([written])
    await world.services.call_intake.take(told("in vain", number(1), "missed"))
    events = [
        told("later", number(1), minutes=2),
        told("anna", number(2)),
        told("lost", number(3), "missed"),
    ]
    assert await world.services.call_intake.take_many([[one] for one in events]) == [False] * 3
    for event in events:
        await world.services.call_intake.take(event)
    assert (await heard(world, "anna")).contact == "a"
    page = await world.store.callbacks.page(CallbackFilter(), None, 10)
    assert [entry.number for entry in page.items] == [number(3)]
