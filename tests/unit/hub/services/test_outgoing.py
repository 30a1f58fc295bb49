"""The organisation writes first: where it goes, which case it stands in, and only once."""

from __future__ import annotations

import asyncio

import pytest

from hub.domain.contact import Contact
from hub.domain.errors import Forbidden, Invalid, NoAddress
from hub.domain.message import Address, Identity
from hub.domain.staff import Actor
from hub.services.outgoing import Written
from tests.support.world import START, World

PHONE = "+79161234567"


class Phones:
    """A sender that brings texts to telephones."""

    def __init__(self, world: World) -> None:
        self.caps = world.channel.caps
        self.limits = world.channel.limits
        self.send = world.channel.send

    def reach(self, identity: Identity) -> Address | None:
        if identity.kind != "phone":
            return None
        value = identity.value
        return Address("sms", "kannel", value, identity.key, f"sms:{value}")


@pytest.fixture
async def world() -> World:
    made = World()
    made.deps.senders["sms"] = Phones(made)  # type: ignore[index]
    await made.group("north")
    contact = Contact(id="anna", name="Анна", phone=PHONE, created_at=START, updated_at=START)
    await made.store.contacts.add_many([contact])
    return made


def to(**fields: object) -> Written:
    usual = {"contact": "anna", "to": f"sms phone:{PHONE}", "text": "Завтра придёт мастер"}
    return Written(**(usual | {"key": "k", "subject": "Мастер"} | fields))  # type: ignore[arg-type]


async def test_a_number_that_staff_wrote_down_can_be_written_to(world: World, emma: Actor) -> None:
    (way,) = await world.services.outgoing.ways("anna", emma)
    assert (way.channel, way.unreachable) == ("kannel", "")
    case = await world.services.outgoing.write(to(to=way.id), emma)
    await world.settle()
    case = await world.services.book.load(case.number)
    assert (case.direction, case.operator, case.status) == ("out", "emma", "in_progress")
    assert (case.subject, case.contact.id, case.current) == ("Мастер", "anna", True)
    (sent,) = [one for one in world.channel.sent if one.text == "Завтра придёт мастер"]
    assert sent.to.to == PHONE
    assert case.thread[0].delivery is not None
    assert case.thread[0].delivery.state == "sent"


async def test_nobody_else_is_called_to_a_case_that_somebody_opened_for_themselves(
    world: World, emma: Actor, oleg: Actor
) -> None:
    await world.services.outgoing.write(to(), emma)
    await world.settle()
    assert {who for who, what, _ in world.phone.rows if what not in {"card", "mark"}} == set()
    assert [out.text for out in world.channel.sent] == ["Завтра придёт мастер"]


async def test_it_is_sent_once_however_often_it_is_asked_for(world: World, emma: Actor) -> None:
    cases = await asyncio.gather(*(world.services.outgoing.write(to(), emma) for _ in range(3)))
    await world.settle()
    assert len({case.number for case in cases}) == 1
    assert [one.text for one in world.channel.sent] == ["Завтра придёт мастер"]


async def test_a_conversation_that_has_an_open_case_goes_on_there(
    world: World, emma: Actor
) -> None:
    first = await world.services.outgoing.write(to(), emma)
    second = await world.services.outgoing.write(to(key="k2", text="Мастер будет в 10"), emma)
    assert second.number == first.number
    await world.services.casework.close(first.number, emma)
    third = await world.services.outgoing.write(to(key="k3", text="Мастер заболел"), emma)
    assert third.number != first.number
    assert not (await world.services.book.load(first.number)).current


async def test_their_answer_joins_it(world: World, emma: Actor) -> None:
    case = await world.services.outgoing.write(to(), emma)
    address = Address("sms", "kannel", PHONE, f"phone:{PHONE}", f"sms:{PHONE}")
    await world.say("Спасибо", "anna", reply_to=address, conversation=address.conversation)
    case = await world.services.book.load(case.number)
    assert [entry.text for entry in case.thread] == ["Завтра придёт мастер", "Спасибо"]


async def test_what_cannot_go_is_refused_before_anything_stands(
    world: World, emma: Actor, ivan: Actor
) -> None:
    with pytest.raises(Invalid):
        await world.services.outgoing.write(to(text=" "), emma)
    with pytest.raises(NoAddress):
        await world.services.outgoing.write(to(to="sms phone:+79990000000"), emma)
    with pytest.raises(Forbidden):
        await world.services.outgoing.write(to(), ivan)
    assert await world.store.cases.many(range(1, 5)) == {}
