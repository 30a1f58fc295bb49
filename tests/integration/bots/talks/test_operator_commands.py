"""What keys do, by command; and search by all that is known of a case."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hub.domain.outbox import Letter
from hub.domain.staff import Actor
from hub.services.newcases import NewCase, NewContact
from tests.support.botworld import BotWorld
from tests.support.phone import Seen


async def test_a_case_is_worked_off_by_commands_alone(world: BotWorld) -> None:
    await world.resident.say("Нет горячей воды")
    await world.emma.wait_for("Нет горячей воды")
    await world.emma.say("/take 1")
    await world.emma.wait_for("у меня")
    await world.emma.say("/note 1 Звонила в аварийную")
    await world.emma.wait_for("Записано к №1")
    await world.emma.say("/note")
    await world.emma.wait_for("Комментарий к №1")
    await world.emma.say("Едут")
    await world.emma.wait_for(lambda seen: "Записано к №1" in seen.text, fresh=True)
    await world.emma.say("/transfer №1")
    await world.emma.wait_for("Кому передать №1?")
    await world.emma.say("/spam 1")
    await world.emma.wait_for("Пометить №1 как спам?")
    await world.emma.say("/close 1")
    await world.emma.press("Консультация")
    await world.emma.press("Закрыть обращение")
    await world.emma.wait_for("закрыто с результатом")
    card = await world.emma.wait_for("Результат: Консультация")
    assert "решено" in card.text
    assert [text for kind, text in await world.entries(1) if kind == "comment"] == [
        "Звонила в аварийную",
        "Едут",
    ]


async def test_a_command_in_an_answer_is_about_that_case(world: BotWorld) -> None:
    await world.resident.say("Нет горячей воды")
    card = await world.emma.wait_for("Нет горячей воды")
    await world.emma.reply(card.id, "/take")
    await world.emma.wait_for("у меня")
    assert (await world.services.book.load(1)).operator == "emma"
    assert len(await world.entries(1)) == 1


async def test_a_command_without_a_case_says_what_it_wants(world: BotWorld) -> None:
    await world.emma.say("/take")
    await world.emma.wait_for("Номер")
    await world.emma.say("/take 77")
    await world.emma.wait_for("№77 не найдено")


async def test_the_second_to_take_hears_whose_it_is(world: BotWorld) -> None:
    await world.resident.say("Нет горячей воды")
    await world.vera.press("Взять")
    await world.vera.wait_for("у меня")
    await world.emma.say("/take 1")
    refused = await world.emma.wait_for("Уже взято: Петрова В. И.")
    assert not refused.text.endswith("..")


async def test_a_slip_in_a_number_is_not_taken_for_the_case_looked_at(world: BotWorld) -> None:
    await world.resident.say("Нет горячей воды")
    await world.emma.wait_for("Нет горячей воды")
    await world.emma.say("/find 1")
    await world.emma.press("№1")
    await world.emma.wait_for(lambda seen: "№1 · новое" in seen.text, fresh=True)
    await world.emma.say("/take 1842х")
    await world.emma.wait_for("Номер обращения: указано неверно")
    assert not (await world.services.book.load(1)).operator


async def test_a_voice_is_no_words_to_search_for(world: BotWorld) -> None:
    await world.emma.say("/find")
    await world.emma.wait_for("Что искать?")
    await world.emma.voice()
    await world.emma.wait_for("Сейчас жду текст")
    await world.emma.say("подвал")
    await world.emma.wait_for("По запросу «подвал» ничего не нашлось")


@pytest.mark.parametrize(
    "words", ["/find 1", "/find №1", "/find +7 922 000-00-77", "/find Ленина", "/find Мороз"]
)
async def test_a_case_is_found_by_number_phone_address_and_name(
    world: BotWorld, words: str
) -> None:
    emma = Actor.of(await world.services.people.get("emma"))
    contact = NewContact(phone="+79220000077", name="Мороз Андрей")
    new = NewCase(text="Скрипит дверь", key="k", contact=contact, premises="ул. Ленина, 5-12")
    await world.services.new_cases.open(new, emma)
    await world.emma.say(words)
    found = await world.emma.wait_for("Нашлось")
    assert "Скрипит дверь" in found.text


async def test_more_than_a_page_is_found_and_turned(world: BotWorld) -> None:
    emma = Actor.of(await world.services.people.get("emma"))
    for number in range(8):
        await world.services.new_cases.open(
            NewCase(text=f"Домофон {number}", key=f"{number}"), emma
        )
    await world.emma.say("/find домофон")
    found = await world.emma.wait_for("Нашлось")
    assert found.text.count("Домофон") == 6
    await world.emma.press("Дальше", on=found)
    await world.emma.wait_for(lambda seen: seen.id == found.id and seen.text.count("Домофон") == 2)


async def test_the_help_names_every_command(world: BotWorld) -> None:
    await world.emma.say("/help")
    told = await world.emma.wait_for("/queue", fresh=True)
    for name in ["queue", "my", "q", "take", "transfer", "note", "spam", "close", "find", "shift"]:
        assert f"/{name}" in told.text


async def photos(world: BotWorld, count: int) -> int:
    """How many pictures the bot has sent to Emma, once there are so many."""

    def sent(history: list[Seen]) -> int:
        return sum(seen.media == "photo" and seen.from_bot for seen in history)

    return sent(await world.emma.wait_until(lambda history: sent(history) >= count))


async def test_taking_brings_the_files_that_the_chat_has_not(world: BotWorld) -> None:
    await world.resident.photo("Смотрите, течёт")
    await world.emma.wait_for("Смотрите, течёт")
    await world.emma.say("/take 1")
    assert await photos(world, 1) == 1
    await world.resident.photo("И тут")
    assert await photos(world, 2) == 2
    await world.emma.say("/take 1")
    await world.emma.wait_for("у меня", fresh=True)
    await world.emma.press("Ещё")
    await world.emma.press("Файлы")
    # Files go in order: what the second command had sent would stand before these.
    assert await photos(world, 4) == 4


async def test_files_are_on_a_way_of_their_own(world: BotWorld) -> None:
    """Sixty pictures go for a minute: the next menu must not stand behind them."""
    await world.resident.photo("Смотрите, течёт")
    await world.emma.wait_for("Смотрите, течёт")
    added: list[Letter] = []
    add = world.store.letters.add

    async def watched(letters: Sequence[Letter]) -> None:
        added.extend(letters)
        await add(letters)

    world.store.letters.add = watched  # type: ignore[method-assign]
    await world.emma.say("/take 1")
    await world.emma.wait_for("у меня")
    await photos(world, 1)
    ways = {letter.body["method"]: letter.to for letter in added}
    assert ways["file"] != ways["sendMessage"]


@pytest.mark.parametrize("command", ["/transfer 1", "/close 1"])
async def test_a_case_that_is_done_is_refused_before_anything_is_asked(
    world: BotWorld, command: str
) -> None:
    emma = Actor.of(await world.services.people.get("emma"))
    await world.resident.say("Нет горячей воды")
    await world.emma.wait_for("Нет горячей воды")
    await world.services.casework.take(1, emma)
    await world.services.casework.resolve(1, "consulted", emma)
    await world.emma.wait_for("решено")
    await world.emma.say(command)
    await world.emma.wait_for("Сейчас это невозможно: обращение №1 решено", fresh=True)
    await world.services.casework.close(1, emma)
    await world.emma.say(command)
    await world.emma.wait_for("Обращение №1 закрыто. Сначала откройте его снова", fresh=True)
    assert not any("Кому передать" in seen.text for seen in await world.emma.history())
