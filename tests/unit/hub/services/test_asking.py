"""What residents are asked and what they answer: nothing is asked twice, nothing answered is lost
or taken for something else."""

from __future__ import annotations

import msgspec
import pytest

from hub.domain.contact import Contact
from hub.domain.errors import Forbidden, Invalid
from hub.domain.hours import HOUSE, Schedule, read_spans
from hub.domain.message import Edit, Inbound
from hub.domain.premises import House
from hub.domain.staff import SYSTEM
from tests.support.world import World

LINK = "h_k7m2xw4"


async def house(world: World) -> House:
    now = world.clock.now()
    one = House(code="k7m2xw4", address="Ленина, 5", entrance="2", created_at=now, updated_at=now)
    await world.store.houses.put(one, new=True)
    return one


async def known(world: World, message: Inbound) -> Contact:
    return await world.services.residents.known(message.sender, message.reply_to)


async def arrived(world: World) -> Contact:
    await house(world)
    message = world.inbound("/start")
    arrival = await world.services.asking.arrive(
        await known(world, message), LINK, message.conversation
    )
    assert arrival is not None
    assert arrival.ask
    return arrival.contact


class FlatWords:
    """The words before the number of a flat, and a place, as plain as can be."""

    def render(self, key: str, language: str = "ru", /, **params: object) -> str:
        if key == "words/flats":
            return "кв flat"
        return ", ".join(str(part) for part in params.values() if part)

    html = fill = render


@pytest.fixture
def world() -> World:
    world = World()
    object.__setattr__(world.deps, "texts", FlatWords())
    return world


async def test_an_answer_taken_again_after_a_crash_changes_nothing(world: World) -> None:
    contact = await arrived(world)
    message = world.inbound("кв. 12")
    for _ in range(2):
        contact = await known(world, message)
        assert contact.may_answer(message)
        told = await world.services.asking.flat(contact, message)
        assert told is not None
        assert told.place == "Ленина, 5, 12"
    other = world.inbound("13")
    assert not (await known(world, other)).may_answer(other)


async def test_whoever_does_not_answer_is_asked_no_more(world: World) -> None:
    contact = await arrived(world)
    message = world.inbound("нет воды")
    assert await world.services.asking.flat(contact, message) is None
    contact = await known(world, message)
    assert (contact.asked, contact.place) == (None, "Ленина, 5, 2")
    again = await world.services.asking.arrive(contact, LINK, message.conversation)
    assert again is not None
    assert not again.ask


async def test_two_at_once_keep_what_the_other_wrote(world: World) -> None:
    await arrived(world)
    message = world.inbound("12")
    one, two = await known(world, message), await known(world, message)
    await world.services.residents.choose_language(one, "en")
    assert await world.services.asking.flat(two, message) is not None
    contact = await known(world, message)
    assert (contact.language, contact.place) == ("en", "Ленина, 5, 12")


async def rated(world: World) -> tuple[Contact, Inbound]:
    await world.say("Нет воды")
    message = world.inbound("Плохо")
    contact = await known(world, message)
    await world.services.book.change(
        1, lambda case: case.resolve("done", "", SYSTEM, world.clock.now())
    )
    await world.services.residents.rate(1, -1, contact)
    return await world.services.asking.ask_why(contact, 1), message


async def test_the_reason_of_a_rating_is_kept_once(world: World) -> None:
    contact, message = await rated(world)
    for _ in range(2):
        case = await world.services.asking.why(contact, message)
        assert case is not None
        contact = await known(world, message)
        assert contact.may_answer(message)
    case = await world.services.book.load(1)
    assert [one.text for one in case.thread if one.event == "remark"] == ["Плохо"]
    assert case.status == "resolved"


async def test_what_comes_much_later_is_no_reason_of_a_rating(world: World) -> None:
    contact, message = await rated(world)
    world.clock.forward(minutes=61)
    assert await world.services.asking.why(contact, message) is None
    assert (await known(world, message)).asked is None


async def test_a_reason_that_comes_after_work_went_on_is_a_message(world: World) -> None:
    contact, message = await rated(world)
    await world.services.residents.reopen(1, contact)
    await world.services.asking.why(contact, message)
    case = await world.services.book.load(1)
    assert [one.event for one in case.thread] == ["", ""]
    assert case.status == "new"


async def test_nobody_says_why_of_anothers_case(world: World) -> None:
    await rated(world)
    message = world.inbound("Плохо", "boris")
    boris = await world.services.asking.ask_why(await known(world, message), 1)
    assert await world.services.asking.why(boris, message) is None
    assert len((await world.services.book.load(1)).thread) == 1


# ── houses and hours: who may, and what is refused ───────────────────────────────────────────────


async def test_only_admins_keep_houses_and_hours() -> None:
    world = World()
    emma = await world.staff("emma", "operator", "supervisor")
    for forbidden in (
        world.services.houses.all(emma),
        world.services.houses.bring([], emma),
        world.services.hours.schedules(emma),
        world.services.hours.put(Schedule(id=HOUSE), emma, new=True),
        world.services.hours.drop(HOUSE, emma),
    ):
        with pytest.raises(Forbidden):
            await forbidden


async def test_a_house_needs_an_address_that_fits() -> None:
    world = World()
    boss, now = await world.staff("boss", "admin"), world.clock.now()
    for address, entrance in ((" ", ""), ("а" * 201, ""), ("Ленина, 5", "9" * 21)):
        one = House(code="", address=address, entrance=entrance, created_at=now, updated_at=now)
        with pytest.raises(Invalid):
            await world.services.houses.save(one, boss)
    assert await world.store.houses.all() == []


async def test_hours_of_another_process_hold_after_a_moment() -> None:
    world = World()
    boss = await world.staff("boss", "admin")
    assert await world.services.hours.opens("") is None
    closed = Schedule(id=HOUSE, week=[read_spans("0-1")] * 7, holidays=False)
    await world.store.hours.put(closed, new=True)
    assert await world.services.hours.opens("") is None
    world.clock.forward(seconds=6)
    assert await world.services.hours.opens("") is not None
    await world.services.hours.drop(HOUSE, boss)
    assert await world.services.hours.opens("") is None


async def test_only_the_message_that_told_the_flat_corrects_it(world: World) -> None:
    await arrived(world)
    message = world.inbound("12")
    await world.services.asking.flat(await known(world, message), message)

    async def corrected(text: str, **fields: object) -> str:
        edit = Edit(
            key="e",
            account="site",
            conversation=message.conversation,
            external_id=message.external_id,
            at=world.clock.now(),
            text=text,
            sender=message.sender,
        )
        edit = msgspec.structs.replace(edit, **fields)
        contact = await world.services.asking.correct(edit)
        return contact.place if contact else ""

    assert await corrected("13") == "Ленина, 5, 13"
    assert await corrected("13") == "Ленина, 5, 13"
    assert await corrected("нет воды") == ""
    assert await corrected("14", external_id="другое") == ""
    assert await corrected("14", sender=None) == ""
    assert await corrected("14", deleted=True) == ""
    assert await corrected("14", sender=world.inbound("", "boris").sender) == ""
