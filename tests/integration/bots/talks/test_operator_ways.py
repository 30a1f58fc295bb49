"""Several ways to one resident: chosen before answering, offered when one is closed for good."""

from __future__ import annotations

from hub.domain.contact import KnownIdentity
from hub.domain.message import Accepted, Address, Outbound, Outcome
from hub.ports.channel import Capabilities
from tests.support.botworld import BotWorld
from tests.support.phone import Seen
from tests.support.samples import png

SMS = Address("sms", "sms", "+79220000001", "phone:+79220000001", "sms:+79220000001")


class Sms:
    """A gateway that takes whatever is sent."""

    caps = Capabilities(max_text=670)

    def __init__(self) -> None:
        self.sent: list[Outbound] = []

    def limits(self, out: Outbound) -> tuple[()]:
        return ()

    async def send(self, out: Outbound) -> Outcome:
        self.sent.append(out)
        return Accepted((f"sms{len(self.sent)}",))


async def reachable_by_sms(world: BotWorld) -> tuple[Sms, Seen]:
    """Emma has the resident's case, and a number of theirs is known."""
    await world.resident.say("Нет горячей воды")
    await world.emma.press("Взять")
    card = await world.emma.wait_for("у меня")
    contact = await world.store.contacts.get((await world.services.book.load(1)).contact.id)
    assert contact is not None
    known = KnownIdentity(key=SMS.identity, verified=True, since=world.clock.now(), address=SMS)
    contact.identities = [*contact.identities, known]
    await world.store.contacts.save(contact)
    gateway = Sms()
    world.deps.senders["sms"] = gateway  # type: ignore[index]
    return gateway, card


async def test_another_way_is_chosen_before_answering_and_shown_before_it_goes(
    world: BotWorld,
) -> None:
    gateway, _ = await reachable_by_sms(world)
    await world.emma.press("Ещё")
    await world.emma.press("Ответить через…")
    ways = await world.emma.wait_for("Как ответить по №1?")
    assert "отсюда писал житель" in ways.text
    assert "СМС · +7 (922) 000-00-01 (до 670 знаков, без файлов)" in ways.text
    await world.emma.press("СМС · +7 (922) 000-00-01", on=ways)
    asked = await world.emma.wait_for("Напишите ответ по №1")
    first, second = asked.text.splitlines()
    assert first.endswith("СМС · +7 (922) 000-00-01 (до 670 знаков, без файлов)")
    assert second == "Сначала покажу, как он будет выглядеть."
    await world.emma.say("Мастер едет")
    preview = await world.emma.wait_for("получит через СМС")
    assert gateway.sent == []
    await world.emma.press("Изменить", on=preview)
    await world.emma.wait_for("Пришлите исправленный текст")
    await world.emma.say("Мастер будет в 15")
    again = await world.emma.wait_for("Мастер будет в 15")
    assert "через СМС" in again.text
    await world.emma.press("Отправить", on=again)
    await world.emma.wait_for(lambda seen: seen.id == again.id and "✓ №1" in seen.text)
    assert [out.text for out in gateway.sent] == ["Мастер будет в 15"]
    assert not any("15" in seen.text for seen in await world.resident.history())


async def test_what_the_chosen_way_does_not_take_is_refused_before_it_goes(
    world: BotWorld,
) -> None:
    gateway, _ = await reachable_by_sms(world)
    await world.emma.press("Ещё")
    await world.emma.press("Ответить через…")
    await world.emma.press("СМС · +7 (922) 000-00-01")
    await world.emma.wait_for("Напишите ответ по №1")
    await world.emma.photo("Вот схема", png())
    preview = await world.emma.wait_for("получит через СМС")
    assert "📎" in preview.text
    answer = await world.emma.press("Отправить", on=preview)
    assert "не принимает файлы" in answer.text
    assert gateway.sent == []
    assert len(await world.entries(1)) == 1


async def test_when_the_channel_refuses_for_good_the_next_way_is_offered(world: BotWorld) -> None:
    gateway, card = await reachable_by_sms(world)
    await world.resident.block()
    await world.emma.reply(card.id, "Мастер едет")
    trouble = await world.emma.wait_for("ответ не дошёл")
    assert "заблокировал" in trouble.text
    await world.emma.press("Отправить: СМС · +7 (922) 000-00-01", on=trouble)
    await world.emma.wait_for("✓ №1")
    assert [out.text for out in gateway.sent] == ["Мастер едет"]
    assert [text for _, text in await world.entries(1)] == ["Нет горячей воды", "Мастер едет"]


async def test_every_other_way_stands_in_a_menu(world: BotWorld) -> None:
    gateway, card = await reachable_by_sms(world)
    await world.resident.block()
    await world.emma.reply(card.id, "Мастер едет")
    trouble = await world.emma.wait_for("ответ не дошёл")
    await world.emma.press("Другой адрес", on=trouble)
    menu = await world.emma.wait_for("Куда отправить ответ по №1?")
    await world.emma.press("СМС · +7 (922) 000-00-01", on=menu)
    await world.emma.wait_for("✓ №1")
    assert [out.text for out in gateway.sent] == ["Мастер едет"]
    # What told of it has no key any more that would repeat it, and the menu is gone.
    over = await world.emma.wait_for(lambda seen: seen.id == trouble.id and not seen.buttons)
    assert "ответ ушёл жителю" in over.text
    await world.emma.wait_until(lambda seen: all(one.id != menu.id for one in seen))
    assert len(gateway.sent) == 1


async def test_who_blocks_the_bot_is_told_of_before_anybody_answers(world: BotWorld) -> None:
    gateway, card = await reachable_by_sms(world)
    await world.resident.block()
    told = await world.emma.wait_for("№1: житель заблокировал бота, ответ туда не дойдёт")
    await world.emma.wait_for(lambda seen: seen.id == card.id and "заблокировал" in seen.text)
    await world.emma.press("Ответить через…", on=told)
    await world.emma.press("СМС · +7 (922) 000-00-01")
    await world.emma.wait_for("Напишите ответ по №1")
    await world.emma.say("Мастер едет")
    await world.emma.press("Отправить")
    await world.emma.wait_for("✓ №1")
    assert [out.text for out in gateway.sent] == ["Мастер едет"]
    await world.resident.unblock()
    await world.emma.wait_for(lambda seen: seen.id == card.id and "заблокировал" not in seen.text)


async def test_a_way_that_is_closed_is_shown_with_its_reason_and_not_offered(
    world: BotWorld,
) -> None:
    await reachable_by_sms(world)
    case = await world.services.book.load(1)
    contact = await world.store.contacts.get(case.contact.id)
    assert contact is not None
    closed = Address("site", "http", "maria", "external:site:maria", "site:maria")
    contact.identities = [
        *contact.identities,
        KnownIdentity(
            key=closed.identity,
            verified=True,
            since=world.clock.now(),
            address=closed,
            unreachable="no_chat",
        ),
    ]
    await world.store.contacts.save(contact)
    await world.emma.press("Ещё")
    await world.emma.press("Ответить через…")
    ways = await world.emma.wait_for("Как ответить по №1?")
    assert "🚫 сайт · maria — такого чата больше нет" in ways.text
    assert not ways.has_button("сайт · maria")


async def test_without_another_way_the_notice_offers_none(world: BotWorld) -> None:
    await world.resident.say("Нет горячей воды")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.resident.block()
    told = await world.emma.wait_for("№1: житель заблокировал бота")
    assert told.buttons == []
