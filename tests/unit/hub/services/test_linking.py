"""A confirmed code joins; a claim, a guess, an old code and somebody else's code do not."""

from __future__ import annotations

import re

import pytest

from hub.domain.contact import Contact
from hub.domain.errors import Forbidden, Invalid, NotFound, TooManyTries
from hub.domain.linking import digits_of, written
from hub.domain.message import Address, Identity
from hub.domain.message import Sender as From
from hub.domain.staff import Actor
from hub.ports.channel import Limit
from hub.services.linking import Answered
from tests.support.desk import CountingBudget
from tests.support.world import World

PHONE = Identity("phone", "+79161234567")


class Phones:
    """A sender that brings texts to telephones."""

    def __init__(self, world: World) -> None:
        self.caps = world.channel.caps
        self.limits = world.channel.limits
        self.send = world.channel.send

    def reach(self, identity: Identity) -> Address | None:
        if identity.kind != "phone":
            return None
        return Address("sms", "kannel", identity.value, identity.key, f"sms:{identity.value}")


async def claiming(world: World, who: str = "anna") -> Contact:
    """Somebody who says that this telephone is theirs."""
    sender = From(identity=Identity("external", who, "site"), name=who.title(), claims=(PHONE,))
    await world.say("Нет воды", who, sender=sender)
    return await world.services.residents.known(sender, world.inbound("", who).reply_to)


@pytest.fixture
def world() -> World:
    made = World()
    made.deps.senders["sms"] = Phones(made)  # type: ignore[index]
    return made


def code_sent(world: World) -> str:
    letters = [one for one in world.store.letters._rows if one.account == "sms"]
    found = re.search(r"code=(\d{6})", str(letters[-1].body["text"]))
    assert found is not None
    return found[1]


async def typed(world: World, contact: Contact, text: str) -> Answered | None:
    fresh = await world.store.contacts.resolve(contact.id)
    assert fresh is not None
    message = world.inbound(text, "anna")
    return await world.services.linking.answer(fresh, message)


async def test_a_code_typed_in_the_chat_proves_the_phone_and_joins_its_holder(
    world: World, emma: Actor
) -> None:
    anna = await claiming(world)
    world.clock.forward(minutes=1)
    address = Address("sms", "kannel", PHONE.value, PHONE.key, "sms:7")
    await world.say(
        "СМС", sender=From(identity=PHONE), reply_to=address, conversation="sms:7", channel="kannel"
    )
    by_phone = (await world.services.book.load(2)).contact.id
    assert by_phone != anna.id
    sent = await world.services.linking.ask(anna.id, PHONE.key, emma)
    assert (sent.address.to, sent.chat) == (PHONE.value, "test")
    digits = code_sent(world)
    answered = await typed(world, anna, f" {digits[:3]} {digits[3:]} ")
    assert answered is not None
    assert (answered.outcome, answered.contact.id) == ("linked", anna.id)
    assert (await world.store.contacts.resolve(by_phone)).id == anna.id
    person = await world.services.persons.get(anna.id, emma)
    assert PHONE.key in person.shown.verified
    # The code is used up; the same digits are a message like any other.
    assert not (await world.store.contacts.get(anna.id)).may_answer(world.inbound(digits))


async def test_the_same_message_taken_twice_is_taken_once(world: World, emma: Actor) -> None:
    anna = await claiming(world)
    await world.services.linking.ask(anna.id, PHONE.key, emma)
    message = world.inbound(code_sent(world), "anna")
    for _ in range(2):
        fresh = await world.store.contacts.resolve(anna.id)
        answered = await world.services.linking.answer(fresh, message)
        assert answered is not None
        assert answered.outcome == "linked"


async def test_guessing_ends_after_five_tries(world: World, emma: Actor) -> None:
    anna = await claiming(world)
    await world.services.linking.ask(anna.id, PHONE.key, emma)
    digits = code_sent(world)
    wrong = "000000" if digits != "000000" else "000001"
    left = []
    for _ in range(5):
        answered = await typed(world, anna, wrong)
        assert answered is not None
        left.append((answered.outcome, answered.left))
    assert left == [("wrong", n) for n in (4, 3, 2, 1, 0)]
    answered = await typed(world, anna, digits)
    assert answered is not None
    assert answered.outcome == "over"
    assert PHONE.key not in (await world.store.contacts.get(anna.id)).verified


async def test_an_old_code_is_over_and_digits_of_another_day_are_a_message(
    world: World, emma: Actor
) -> None:
    anna = await claiming(world)
    await world.services.linking.ask(anna.id, PHONE.key, emma)
    digits = code_sent(world)
    world.clock.forward(minutes=11)
    answered = await typed(world, anna, digits)
    assert answered is not None
    assert answered.outcome == "over"
    await world.services.linking.ask(anna.id, PHONE.key, emma)
    world.clock.forward(days=1)
    assert await typed(world, anna, "012345") is None
    assert (await world.store.contacts.get(anna.id)).asked is None


async def test_words_are_no_code(world: World, emma: Actor) -> None:
    anna = await claiming(world)
    await world.services.linking.ask(anna.id, PHONE.key, emma)
    assert await typed(world, anna, "Какой код?") is None
    assert await typed(world, anna, "123456 и 7") is None
    answered = await typed(world, anna, code_sent(world))
    assert answered is not None
    assert answered.outcome == "linked"


async def test_somebody_elses_code_links_nobody(world: World, emma: Actor) -> None:
    anna, boris = await claiming(world), await claiming(world, "boris")
    await world.services.linking.ask(anna.id, PHONE.key, emma)
    digits = code_sent(world)
    await world.services.linking.ask(boris.id, PHONE.key, emma)
    assert code_sent(world) != digits
    answered = await typed(world, boris, digits)
    assert answered is not None
    assert answered.outcome == "wrong"


async def test_nobodys_number_is_flooded_with_codes(world: World, emma: Actor) -> None:
    anna, boris = await claiming(world), await claiming(world, "boris")
    counting = CountingBudget()
    world.budget.spend = counting.spend  # type: ignore[method-assign]
    for who in (anna, boris, anna):
        await world.services.linking.ask(who.id, PHONE.key, emma)
    for who in (anna, boris):
        with pytest.raises(TooManyTries):
            await world.services.linking.ask(who.id, PHONE.key, emma)
    assert await counting.spend([Limit("other", 1, 1)]) == 0


async def test_what_cannot_be_asked_is_refused(world: World, emma: Actor, ivan: Actor) -> None:
    anna = await claiming(world)
    linking = world.services.linking
    for key, refusal in (
        ("phone:+70000000000", NotFound),
        ("external:site:anna", Invalid),
    ):
        with pytest.raises(refusal):
            await linking.ask(anna.id, key, emma)
    with pytest.raises(NotFound):
        await linking.ask("nobody", PHONE.key, emma)
    with pytest.raises(Forbidden):
        await linking.ask(anna.id, PHONE.key, ivan)
    world.deps.senders.pop("sms")  # type: ignore[attr-defined]
    assert not linking.reaches(PHONE.key)
    with pytest.raises(Invalid):
        await linking.ask(anna.id, PHONE.key, emma)


async def test_the_digits_are_kept_nowhere_but_in_the_letter(world: World, emma: Actor) -> None:
    anna = await claiming(world)
    await world.services.linking.ask(anna.id, PHONE.key, emma)
    digits = code_sent(world)
    held = await world.store.codes.guess(anna.id, 5, world.clock.now())
    assert digits not in repr(held)
    assert digits not in repr(await world.store.contacts.get(anna.id))
    history = (await world.store.contacts.get(anna.id)).history[-1]
    assert (history.action, history.who.login) == ("code_sent", "emma")


def test_codes_are_six_digits_and_spread() -> None:
    drawn = {digits_of(f"id{number}") for number in range(2000)}
    assert all(len(one) == 6 and one.isdigit() for one in drawn)
    assert len(drawn) > 1980


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("123456", "123456"),
        (" 123 456\n", "123456"),
        ("12-34-56", "123456"),
        ("1234567", ""),
        ("код 123456", ""),
        ("١٢٣٤٥٦", ""),
        ("", ""),
    ],
)
def test_what_is_read_as_a_code(said: str, read: str) -> None:
    assert written(said) == read
