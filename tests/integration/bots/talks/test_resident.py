"""What residents press and command."""

from __future__ import annotations

from hub.domain.message import Action, Address, Identity, Sender
from tests.support.botworld import BotWorld
from tests.support.phone import Phone


async def test_greeting_list_and_new_case(world: BotWorld) -> None:
    await world.resident.start()
    hello = await world.resident.wait_for("Здравствуйте!")
    assert hello.has_button("Оставить телефон")
    await world.resident.press("Мои обращения")
    await world.resident.wait_for("Обращений пока нет")
    await world.resident.say("Не горит свет")
    await world.resident.wait_for("№1 принято")
    await world.resident.say("/new")
    await world.resident.wait_for("Опишите новое обращение")
    await world.resident.say("Лифт застрял")
    await world.resident.wait_for("№2 принято")
    await world.resident.say("/my")
    mine = await world.resident.wait_for("Ваши обращения")
    assert [row[0][:2] for row in mine.buttons[:2]] == ["№2", "№1"]
    await world.resident.press(mine.buttons[1][0], on=mine)
    await world.resident.wait_for(lambda seen: seen.id > mine.id and "№1 принято" in seen.text)
    assert [text for _, text in await world.entries(1)] == ["Не горит свет"]


async def test_adding_to_an_older_case(world: BotWorld) -> None:
    await world.resident.say("Не горит свет")
    first = await world.resident.wait_for("№1 принято")
    await world.resident.say("/new")
    await world.resident.wait_for("Опишите новое")
    await world.resident.say("Лифт застрял")
    await world.resident.wait_for("№2 принято")
    await world.resident.press("Дополнить", on=first)
    await world.resident.wait_for("что добавить к обращению №1")
    await world.resident.say("На третьем этаже")
    await world.emma.wait_for("На третьем этаже")
    assert ("in", "На третьем этаже") in await world.entries(1)


async def test_withdrawing(world: BotWorld) -> None:
    await world.resident.say("Уже починили?")
    await world.emma.press("Взять")
    await world.resident.wait_for("в работе")
    await world.resident.say("/new")
    await world.resident.wait_for("Опишите новое")
    await world.resident.say("Другое")
    second = await world.resident.wait_for("№2 принято")
    answer = await world.resident.press("Отменить", on=second)
    assert "отменено" in answer.text
    await world.resident.wait_for("№2 отменено")
    case = await world.services.book.load(2)
    assert case.status == "closed"
    await world.emma.wait_for(lambda seen: "№2 · закрыто" in seen.text)


async def test_five_cases_a_page(world: BotWorld) -> None:
    for number in range(1, 8):
        await world.resident.say(f"Дело {number}")
        await world.resident.wait_for(f"№{number} принято")
        await world.resident.say("/new")
        await world.resident.wait_for("Опишите новое", fresh=True)
    await world.resident.say("/my")
    first = await world.resident.wait_for("(1/2)")
    assert len([row for row in first.buttons if row[0].startswith("№")]) == 5
    await world.resident.press("Раньше ›", on=first)
    second = await world.resident.wait_for("(2/2)")
    assert second.id == first.id
    assert [row[0][:2] for row in second.buttons[:2]] == ["№2", "№1"]


async def test_language_is_kept_whatever_the_device_says(world: BotWorld) -> None:
    await world.resident.say("/lang")
    await world.resident.press("English")
    await world.resident.wait_for("English from now on")
    await world.resident.say("/help")
    await world.resident.wait_for("a new request")
    await world.resident.say("No light")
    await world.emma.wait_for("No light")
    await world.resident.say("/new")
    await world.resident.wait_for("Describe the new request")


async def test_own_phone_is_proven(world: BotWorld) -> None:
    await world.resident.start()
    await world.resident.press("Оставить телефон")
    await world.resident.wait_for("Нажмите кнопку внизу")
    await world.resident.key("Отправить мой номер")
    await world.resident.wait_for("Записали: +7 (922) 000-00-01")
    found = await world.store.contacts.by_identities(["phone:+79220000001"])
    assert found["phone:+79220000001"].name == "Светлана Иванова"


async def test_a_forged_button_does_nothing_to_anothers_case(world: BotWorld) -> None:
    await world.resident.say("Моё дело")
    await world.resident.wait_for("№1 принято")
    async with Phone(world.url, 505, "dom_bot") as other:
        await other.start()
        await other.wait_for("Здравствуйте")
    identity = Identity("telegram", "505")
    for verb in ("cancel", "again", "add", "good", "show"):
        action = Action(
            key=f"forged:{verb}",
            account="dom",
            channel="telegram",
            conversation="dom:505",
            sender=Sender(identity=identity, name="Чужой"),
            reply_to=Address("dom", "telegram", "505", identity.key, "dom:505"),
            name="button",
            value=f"case:1:{verb}",
            at=world.clock.now(),
        )
        await world.residents.handle(action, f"row:{verb}")
    case = await world.services.book.load(1)
    assert (case.status, case.rating, case.current) == ("new", 0, True)
    async with Phone(world.url, 505, "dom_bot") as other:
        said = await other.wait_until(lambda seen: len(seen) >= 7)
    assert {message.text for message in said[2:]} == {"Такого обращения нет."}
