"""The resident's screens as somebody at a phone goes through them: house, hours, signs, rating."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from aiogram.types import BotCommandScopeAllPrivateChats

from hub.domain.hours import HOUSE, Schedule, Span, SpecialDay
from hub.domain.premises import House
from hub.domain.shift import Shift
from tests.support.botworld import ADMIN, BotWorld
from tests.support.phone import Seen
from tests.support.samples import png

MOSCOW = ZoneInfo("Europe/Moscow")
LENINA = "k7m2xw4"
MIRA = "p3n8yt6"


@pytest.fixture
async def houses(world: BotWorld) -> None:
    now = world.clock.now()
    for code, address, entrance in (
        (LENINA, "ул. Ленина, д. 5", "2"),
        (MIRA, "пр. Мира, д. 10", ""),
    ):
        house = House(code=code, address=address, entrance=entrance, created_at=now, updated_at=now)
        await world.store.houses.put(house, new=True)


async def premises(world: BotWorld, number: int) -> str:
    return (await world.services.book.load(number)).premises


async def resolved(world: BotWorld, number: int = 1, result: str = "done") -> None:
    """An operator took the case and closed it."""
    await world.services.casework.take(number, ADMIN)
    await world.services.casework.resolve(number, result, ADMIN)


# ── start, by the link of a house ────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("houses")
async def test_the_link_of_a_house_names_it_and_the_flat_completes_it(world: BotWorld) -> None:
    await world.resident.start(f"h_{LENINA}")
    hello = await world.resident.wait_for("Ваш адрес: ул. Ленина, д. 5, подъезд 2.")
    assert "номер квартиры" in hello.text
    assert hello.buttons == [
        ["Без номера квартиры"],
        ["Написать", "Мои обращения"],
        ["Оставить телефон"],
    ]
    await world.resident.say("кв. 12")
    await world.resident.wait_for("Записали: ул. Ленина, д. 5, кв. 12")
    await world.resident.say("Нет горячей воды")
    await world.resident.wait_for("№1 принято")
    assert await premises(world, 1) == "ул. Ленина, д. 5, кв. 12"
    assert await world.entries(1) == [("in", "Нет горячей воды")]
    await world.emma.wait_for("ул. Ленина, д. 5, кв. 12")
    # The same sheet again: the flat is known by now.
    await world.resident.start(f"h_{LENINA}")
    again = await world.resident.wait_for("кв. 12.", fresh=True)
    assert "номер квартиры" not in again.text


@pytest.mark.usefixtures("houses")
async def test_a_flat_that_is_corrected_is_noted_anew(world: BotWorld) -> None:
    await world.resident.start(f"h_{MIRA}")
    told = await world.resident.say("12")
    await world.resident.wait_for("Записали: пр. Мира, д. 10, кв. 12")
    await world.resident.edit(told, "21")
    await world.resident.wait_for("Записали: пр. Мира, д. 10, кв. 21")
    await world.resident.say("Течёт батарея")
    await world.resident.wait_for("№1 принято")
    assert await premises(world, 1) == "пр. Мира, д. 10, кв. 21"
    stats = await world.store.inbox.stats(world.clock.now())
    assert (stats["new"], stats["quarantined"]) == (0, 0)


@pytest.mark.usefixtures("houses")
async def test_whoever_writes_at_once_what_happened_is_not_asked_again(world: BotWorld) -> None:
    await world.resident.start(f"h_{LENINA}")
    await world.resident.wait_for("номер квартиры")
    await world.resident.say("Искрит щиток на 2 этаже")
    await world.resident.wait_for("№1 принято")
    assert await premises(world, 1) == "ул. Ленина, д. 5, подъезд 2"
    await world.resident.say("12")
    await world.emma.wait_for(lambda seen: seen.text.endswith("12"))
    assert ("in", "12") in await world.entries(1)


@pytest.mark.usefixtures("houses")
async def test_the_flat_need_not_be_told(world: BotWorld) -> None:
    await world.resident.start(f"h_{LENINA}")
    await world.resident.press("Без номера квартиры")
    await world.resident.wait_for("Хорошо. Напишите, что случилось")
    await world.resident.say("12")
    await world.resident.wait_for("№1 принято")


@pytest.mark.usefixtures("houses")
async def test_what_is_wrong_in_another_house_is_a_case_of_its_own(world: BotWorld) -> None:
    await world.resident.start(f"h_{LENINA}")
    await world.resident.say("7")
    await world.resident.say("Течёт кран")
    await world.resident.wait_for("№1 принято")
    await world.resident.start(f"h_{MIRA}")
    await world.resident.wait_for("Ваш адрес: пр. Мира, д. 10.")
    await world.resident.say("Не закрывается дверь подъезда")
    await world.resident.wait_for("№2 принято")
    assert await premises(world, 1) == "ул. Ленина, д. 5, кв. 7"
    assert await premises(world, 2) == "пр. Мира, д. 10"


@pytest.mark.usefixtures("houses")
async def test_a_link_that_leads_nowhere_greets_all_the_same(world: BotWorld) -> None:
    house = await world.store.houses.get(MIRA)
    assert house is not None
    house.active = False
    await world.store.houses.put(house)
    for payload in (f"h_{MIRA}", "h_2222222", "nowhere"):
        await world.resident.start(payload)
        hello = await world.resident.wait_for("Здравствуйте! Это УК «Дом».", fresh=True)
        assert "Ваш адрес" not in hello.text
        # Who came by the sheet of a house that is none is asked where they are.
        assert ("Напишите адрес" in hello.text) == (payload != "nowhere")


@pytest.mark.usefixtures("houses")
async def test_what_staff_wrote_down_is_not_overwritten_by_a_sheet(world: BotWorld) -> None:
    await world.resident.say("Здравствуйте")
    await world.resident.wait_for("№1 принято")
    contact = (await world.services.book.load(1)).contact.id
    await world.services.contacts.edit(contact, {"premises": "ул. Лесная, д. 1, кв. 3"}, ADMIN)
    await world.resident.start(f"h_{MIRA}")
    await world.resident.wait_for("пр. Мира, д. 10")
    await world.resident.say("/new")
    await world.resident.wait_for("Опишите новое")
    await world.resident.say("Не горит свет в подъезде")
    await world.resident.wait_for("№2 принято")
    assert await premises(world, 2) == "пр. Мира, д. 10"
    found = await world.store.contacts.get(contact)
    assert found is not None
    assert found.premises == "ул. Лесная, д. 1, кв. 3"


# ── what came is seen ────────────────────────────────────────────────────────────────────────────


async def test_every_message_gets_a_sign_and_an_album_one(world: BotWorld) -> None:
    await world.resident.say("Нет воды")
    await world.resident.wait_for("№1 принято")
    await world.resident.say("Уже второй день")
    album = await world.resident.album([png(), png(9, 9), png(10, 10)], "Вот фото")
    voice = await world.resident.voice()

    def seen(messages: list[Seen]) -> bool:
        own = [one for one in messages if not one.from_bot]
        return [one.reactions for one in own] == [["👀"], ["👀"], ["👀"], [], [], ["👀"]]

    messages = await world.resident.wait_until(seen)
    assert [one.id for one in messages if not one.from_bot][-4:] == [
        *(one.id for one in album),
        voice.id,
    ]


async def test_out_of_hours_the_card_says_when_there_will_be_an_answer(world: BotWorld) -> None:
    day = (world.clock.now() + timedelta(days=3)).astimezone(MOSCOW).date()
    special = [SpecialDay(day, (Span(8 * 60, 17 * 60),))]
    await world.services.hours.put(Schedule(id=HOUSE, special=special), ADMIN, new=True)
    await world.resident.say("Когда включат отопление?")
    card = await world.resident.wait_for("№1 принято.")
    assert "Сейчас нерабочее время. Мы вернёмся" in card.text
    assert f"{day.day} " in card.text
    assert "в 08:00" in card.text
    assert "Если это авария, звоните: +7 (495) 000-00-00." in card.text
    # A group that works now says nothing of that.
    week = [[Span(0, 24 * 60)]] * 7
    round_the_clock = Schedule(id="main", week=week, holidays=False)
    await world.services.hours.put(round_the_clock, ADMIN, new=True)
    await world.resident.say("/new")
    await world.resident.wait_for("Опишите новое")
    await world.resident.say("Прорвало трубу")
    other = await world.resident.wait_for("№2 принято")
    assert "нерабочее" not in other.text


# ── one card, the answer, the rating ─────────────────────────────────────────────────────────────


async def test_one_card_goes_through_all_states(world: BotWorld) -> None:
    await world.resident.say("Нет воды")
    card = await world.resident.wait_for("№1 принято")
    assert card.buttons == [["Дополнить", "Отменить"]]
    await world.services.casework.take(1, ADMIN)
    working = await world.resident.wait_for("№1 в работе")
    assert working.buttons == [["Дополнить"]]
    await world.services.casework.resolve(1, "done", ADMIN)
    await world.resident.wait_for("№1 выполнено")
    told = await world.resident.wait_for("Обращение №1: выполнено.")
    assert told.text.endswith("УК «Дом»")
    assert told.buttons == [["👍", "👎"], ["Не решено"]]
    messages = await world.resident.history()
    assert [one.id for one in messages if one.from_bot] == [card.id, told.id]
    answer = await world.resident.press("👍")
    assert answer.text == "Спасибо за оценку!"
    await world.resident.wait_for("Ваша оценка: 👍")


async def test_the_photo_of_the_work_comes_with_the_result(world: BotWorld) -> None:
    await world.resident.say("Разбито стекло")
    await world.emma.press("Взять")
    await world.services.casework.executors(1, ADMIN, add=["roma"])
    await world.roma.press("Принять")
    await world.roma.press("Выехал")
    await world.roma.press("На месте")
    await world.roma.press("Готово")
    await world.roma.press("Сделано")
    await world.roma.wait_for("Пришлите фото")
    await world.roma.photo()
    await world.roma.wait_for("📎 1 файл")
    await world.roma.press("Отправить")
    await world.emma.wait_for(lambda seen: seen.media == "photo")
    await world.emma.press("Закрыть")
    await world.emma.press("Выполнено")
    await world.emma.press("Закрыть и показать фото (1)")
    told = await world.resident.wait_for(lambda seen: seen.media == "photo")
    assert told.text.startswith("Обращение №1: выполнено.")
    assert told.buttons == [["👍", "👎"], ["Не решено"]]


async def test_a_result_without_words_is_rated_at_the_card(world: BotWorld) -> None:
    await world.resident.say("Как передать показания?")
    await world.resident.wait_for("№1 принято")
    await resolved(world, result="consulted")
    card = await world.resident.wait_for("Оцените ответ, пожалуйста.")
    assert card.buttons == [["👍", "👎"], ["Не решено"]]
    await world.resident.press("👍")
    rated = await world.resident.wait_for("Ваша оценка: 👍")
    assert (rated.id, rated.buttons) == (card.id, [["Не решено"]])


async def test_a_bad_rating_asks_why_and_the_words_reopen_nothing(world: BotWorld) -> None:
    await world.resident.say("Нет воды")
    await world.resident.wait_for("№1 принято")
    await resolved(world)
    await world.resident.press("👎")
    await world.resident.wait_for("Напишите в двух словах, что было не так")
    said = await world.resident.say("Мастер опоздал и нагрубил")
    thanks = await world.resident.wait_for("Спасибо, передали.")
    case = await world.services.book.load(1)
    assert (case.status, case.rating) == ("resolved", -1)
    assert [one.event for one in case.thread if one.text == "Мастер опоздал и нагрубил"] == [
        "remark"
    ]
    await world.resident.wait_for(lambda seen: seen.id == said.id and seen.reactions == ["👀"])
    # What they write after that is news again.
    await world.resident.press("Не решено", on=thanks)
    again = await world.resident.wait_for("№1 в работе")
    assert again.id > thanks.id
    await world.resident.wait_for("что осталось не так с обращением №1")
    await world.resident.say("Воды всё ещё нет")
    await world.resident.wait_until(lambda seen: seen[-1].reactions == ["👀"])
    case = await world.services.book.load(1)
    assert (case.status, len([one for one in case.thread if one.direction == "in"])) == (
        "in_progress",
        3,
    )


async def test_a_photo_may_say_why_too(world: BotWorld) -> None:
    await world.resident.say("Мокрый потолок")
    await world.resident.wait_for("№1 принято")
    await resolved(world)
    await world.resident.press("👎")
    await world.resident.wait_for("Напишите в двух словах")
    await world.resident.album([png(), png(9, 9)], "Вот как сделали")
    await world.resident.wait_for("Спасибо, передали.")

    async def remarks() -> list[str]:
        case = await world.services.book.load(1)
        return [one.event for one in case.thread if one.album]

    await world.resident.say("/my")
    await world.resident.wait_for("Ваши обращения")
    assert await remarks() == ["remark", "remark"]
    assert (await world.services.book.load(1)).status == "resolved"


async def test_a_message_on_a_closed_case_is_told_by_a_new_card(world: BotWorld) -> None:
    await world.resident.say("Нет воды")
    first = await world.resident.wait_for("№1 принято")
    await resolved(world)
    await world.resident.wait_for("№1 выполнено")
    await world.resident.wait_for("Обращение №1: выполнено.")
    said = await world.resident.say("Снова нет воды")
    card = await world.resident.wait_for(lambda seen: seen.id > said.id and "№1" in seen.text)
    assert "в работе" in card.text
    assert card.id != first.id


async def test_a_cancelled_case_can_be_taken_up_again(world: BotWorld) -> None:
    await world.resident.say("Нет воды")
    card = await world.resident.wait_for("№1 принято")
    await world.resident.press("Отменить", on=card)
    cancelled = await world.resident.wait_for("№1 отменено")
    assert cancelled.buttons == [["Возобновить"]]
    await world.resident.press("Возобновить", on=cancelled)
    again = await world.resident.wait_for("№1 принято")
    assert again.id > cancelled.id
    assert again.buttons == [["Дополнить", "Отменить"]]


async def test_an_old_button_says_what_is_so_now(world: BotWorld) -> None:
    await world.resident.say("Нет воды")
    await world.resident.wait_for("№1 принято")
    await resolved(world)
    told = await world.resident.wait_for(lambda seen: seen.has_button("👍"))
    await world.services.casework.reopen(1, ADMIN)
    await world.resident.wait_for("№1 в работе")
    answer = await world.resident.press("👍", on=told)
    assert answer.text == "Обращение №1 уже в работе."
    assert (await world.services.book.load(1)).rating == 0


# ── my cases, language, phone ────────────────────────────────────────────────────────────────────


async def test_a_case_of_mine_is_shown_with_its_last_words(world: BotWorld) -> None:
    await world.resident.say("Нет воды")
    await world.resident.wait_for("№1 принято")
    await world.services.casework.take(1, ADMIN)
    await world.services.replies.send(1, ADMIN, "Мастер будет к шести")
    await world.resident.wait_for("Мастер будет к шести")
    await world.resident.say("/my")
    mine = await world.resident.wait_for("Ваши обращения")
    assert "в работе" in mine.buttons[0][0]
    await world.resident.press(mine.buttons[0][0], on=mine)
    shown = await world.resident.wait_for(lambda seen: seen.id > mine.id)
    assert "Обращение №1 в работе" in shown.text
    assert "Вы · сегодня" in shown.text
    assert shown.text.index("Нет воды") < shown.text.index("Мастер будет к шести")
    assert shown.buttons == [["Дополнить"]]
    await world.services.casework.resolve(1, "done", ADMIN)
    await world.resident.wait_for("№1 выполнено")
    await world.resident.press(mine.buttons[0][0], on=mine)
    done = await world.resident.wait_for(lambda seen: seen.id > shown.id and "Вы ·" in seen.text)
    assert ["Не решено"] in done.buttons


async def test_what_stands_in_the_chat_follows_the_language(world: BotWorld) -> None:
    await world.resident.say("Нет воды")
    card = await world.resident.wait_for("№1 принято")
    await world.resident.say("/lang")
    await world.resident.press("English")
    english = await world.resident.wait_for("Request No. 1 is received")
    assert (english.id, english.buttons) == (card.id, [["Add", "Cancel"]])
    await world.services.casework.take(1, ADMIN)
    await world.resident.wait_for("Request No. 1 is being worked on")
    await world.services.casework.resolve(1, "done", ADMIN)
    told = await world.resident.wait_for("Request No. 1: выполнено.")
    assert told.buttons == [["👍", "👎"], ["Not solved"]]
    await world.resident.press("👎")
    await world.resident.wait_for("Tell us in a few words what went wrong")


async def test_the_key_for_the_phone_goes_away_once_it_served(world: BotWorld) -> None:
    await world.resident.start()
    await world.resident.press("Оставить телефон")
    await world.resident.wait_for("Нажмите кнопку внизу")
    await world.resident.key("Отправить мой номер")
    await world.resident.wait_for("Записали: +7 (922) 000-00-01")
    assert not (await world.resident.chat())["keyboard"]
    await world.resident.start()
    hello = await world.resident.wait_for("Здравствуйте!", fresh=True)
    assert not hello.has_button("Оставить телефон")


async def test_when_nobody_is_on_shift_the_card_says_so(world: BotWorld) -> None:
    for login in ("emma", "vera"):
        person = await world.store.staff.get(login)
        assert person is not None
        person.shift = Shift(state="off", since=world.clock.now())
        await world.store.staff.save(person)
    world.store.staff.forget()
    await world.resident.say("Нет воды")
    card = await world.resident.wait_for("№1 принято.")
    assert "Сейчас на смене никого нет" in card.text
    assert "звоните: +7 (495) 000-00-00" in card.text


async def test_the_menu_of_commands_is_offered_in_both_languages(world: BotWorld) -> None:
    await world.residents.introduce()
    menu = (await world.resident.chat())["commands"]
    assert [one["command"] for one in menu] == ["new", "my", "lang", "link", "help"]
    assert menu[1]["description"] == "мои обращения"
    english = await world.channel._tg.get_my_commands(  # type: ignore[attr-defined]
        scope=BotCommandScopeAllPrivateChats(), language_code="en"
    )
    assert english[1].description == "my requests"
