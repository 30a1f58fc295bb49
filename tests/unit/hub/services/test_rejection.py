"""A rejection is heard: one message with the number and the reason, wherever it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from hub.domain.case import Case
from hub.domain.errors import Invalid, WrongState
from hub.domain.message import Outcome, Rejected, Unsure
from hub.domain.staff import SYSTEM, Actor
from hub.ports.channel import Capabilities
from hub.services.rejection import hears, tell
from hub.texts import TemplateTexts
from tests.support.cases import EMMA, blank, opened
from tests.support.world import START, World

WHY = "Дом не наш"
MESSENGER = Capabilities(max_text=4096, buttons=True, edit=True, status_card=True)
MAIL = Capabilities(max_text=100_000, confirms=True, files=True)
SMS = Capabilities(max_text=670)


async def written(caps: Capabilities) -> tuple[World, Actor]:
    """A case that came over a channel that can do this; who may reject it."""
    world = World()
    world.channel.caps = caps
    await world.say("Течёт кран")
    return world, await world.staff("emma")


async def rejected(world: World, by: Actor) -> Case:
    case = await world.services.casework.reject(1, WHY, by)
    await world.settle()
    return case


def told(world: World) -> list[str]:
    """Messages about the rejection; a card that is edited makes no sound."""
    return [out.text for out in world.channel.sent if WHY in out.text and not out.edit]


@pytest.mark.parametrize("caps", [MESSENGER, MAIL, SMS], ids=["messenger", "mail", "sms"])
async def test_the_resident_hears_it_once_on_every_channel(caps: Capabilities) -> None:
    world, emma = await written(caps)
    case = await rejected(world, emma)
    entry = case.thread[-1]
    assert (case.status, case.reason) == ("rejected", WHY)
    assert (entry.event, entry.automatic, entry.direction) == ("rejected", True, "out")
    assert told(world) == [f"reply/rejected number=1 reason={WHY}"]
    assert not (await world.services.book.load(1)).outbox


@pytest.mark.parametrize(
    ("language", "words"),
    [("", "Обращение №1 отклонено."), ("en", "Request No. 1 is declined.")],
)
def test_it_is_said_in_the_language_of_the_resident(language: str, words: str) -> None:
    case, world = opened(), World()
    deps = replace(world.deps, texts=TemplateTexts(world.clock, UTC))
    case.contact.language, case.reason = language, "Дом <не> наш"
    tell(case, EMMA, START, deps)
    assert case.thread[-1].text == f"{words}\n\nДом <не> наш"


async def test_a_repeat_says_nothing_again() -> None:
    world, emma = await written(MESSENGER)
    shown = (await world.services.book.load(1)).version
    await world.services.casework.reject(1, WHY, emma, expect=shown)
    with pytest.raises(WrongState):
        await world.services.casework.reject(1, WHY, emma)
    await world.settle()
    assert len(told(world)) == 1


async def test_without_a_reason_nothing_happens() -> None:
    world, emma = await written(MESSENGER)
    sent = len(world.channel.sent)
    with pytest.raises(Invalid):
        await world.services.casework.reject(1, " ", emma)
    await world.settle()
    case = await world.services.book.load(1)
    assert (case.status, len(case.thread), len(world.channel.sent)) == ("new", 1, sent)


async def test_what_may_have_gone_out_is_not_sent_a_second_time() -> None:
    world, emma = await written(SMS)
    world.channel.outcomes = [Unsure("timeout")]
    await rejected(world, emma)
    world.clock.forward(hours=1)
    await world.settle()
    entry = (await world.services.book.load(1)).thread[-1]
    assert entry.delivery is not None
    assert (entry.delivery.state, len(told(world))) == ("uncertain", 1)


async def test_the_card_says_it_too_and_the_buttons_stand_under_the_message() -> None:
    world, emma = await written(MESSENGER)
    await rejected(world, emma)
    message, card = world.channel.sent[-2:]
    assert message.text.startswith("reply/rejected")
    assert [button.data for row in message.buttons for button in row] == ["case:1:again"]
    assert (card.edit, card.buttons, "state=rejected" in card.text) == ("out1", (), True)


@pytest.mark.parametrize(
    "refused", [Rejected("message_gone"), Rejected("refused")], ids=["gone", "refused"]
)
async def test_a_card_that_is_no_more_is_not_made_anew_to_say_the_same(refused: Outcome) -> None:
    world, emma = await written(MESSENGER)
    await world.services.casework.reject(1, WHY, emma)
    send = world.channel.send

    async def cards_refused(out: Any) -> Outcome:
        outcome = await send(out)
        return refused if out.edit else outcome

    world.channel.send = cards_refused  # type: ignore[method-assign]
    await world.settle()
    fresh = [out for out in world.channel.sent if not out.edit]
    assert [out.text.split()[0] for out in fresh] == ["bot/resident/status", "reply/rejected"]


async def test_a_case_rejected_before_its_card_was_sent_is_told_of_by_one_message() -> None:
    world = World()
    world.channel.caps = MESSENGER
    await world.staff("emma")
    await world.keep(world.inbound("Течёт кран"))
    await world.intake.take(["site:anna"])
    await rejected(world, await emma_of(world))
    assert [out.text.split()[0] for out in world.channel.sent] == ["reply/rejected"]


async def emma_of(world: World) -> Actor:
    return Actor.of((await world.store.staff.directory()).staff["emma"])


async def test_opened_again_the_card_comes_anew_and_a_second_rejection_is_heard_too() -> None:
    world, emma = await written(MESSENGER)
    await rejected(world, emma)
    await world.services.casework.reopen(1, emma)
    await world.settle()
    card = world.channel.sent[-1]
    assert (card.edit, "state=accepted" in card.text) == ("", True)
    assert [button.data for row in card.buttons for button in row] == [
        "case:1:add",
        "case:1:cancel",
    ]
    await rejected(world, emma)
    assert len(told(world)) == 2


async def test_a_rejection_taken_back_before_it_left_offers_nothing_that_is_over() -> None:
    world, emma = await written(MESSENGER)
    await world.services.casework.reject(1, WHY, emma)
    await world.services.casework.reopen(1, emma)
    await world.settle()
    (message,) = [out for out in world.channel.sent if out.text.startswith("reply/rejected")]
    assert message.buttons == ()
    assert "state=accepted" in world.channel.sent[-1].text


async def test_nobody_is_told_where_nobody_asked_or_can_be_reached() -> None:
    world = World()
    asked = opened()
    assert hears(asked, world.deps)
    asked.address = None
    assert not hears(asked, world.deps)

    robot = opened()
    robot.automatic = robot.thread[0].automatic = True
    assert not hears(robot, world.deps)

    ours = blank(direction="out", address=opened().address)
    ours.reply("Придём в среду", [], SYSTEM, START, key="first")
    assert not hears(ours, world.deps)
    ours.thread.append(opened().thread[0])
    assert hears(ours, world.deps)

    assert not hears(opened(), replace(world.deps, senders={}))


async def test_a_case_without_an_address_can_be_rejected() -> None:
    world, emma = await written(SMS)
    case = await world.services.book.load(1)
    case.address = None
    await world.store.cases.save(case, "op")
    case = await rejected(world, emma)
    assert (case.status, len(case.thread)) == ("rejected", 1)
