"""What an operator writes: edits, albums, notes, words to nobody; and what never goes out."""

from __future__ import annotations

import io

from bots.emulator.posting import remove
from hub.domain.staff import Actor
from hub.ports.channel import Capabilities
from hub.services.newcases import NewCase
from tests.support.botworld import BotWorld
from tests.support.phone import Seen
from tests.support.samples import ogg, png


async def taken(world: BotWorld, text: str = "Нет горячей воды") -> Seen:
    """A case that Emma has; returns her card."""
    await world.resident.say(text)
    await world.emma.press("Взять")
    return await world.emma.wait_for("у меня")


async def heard(world: BotWorld) -> list[str]:
    return [seen.text for seen in await world.resident.history() if seen.from_bot]


async def test_an_edit_of_an_answer_edits_what_the_resident_has(world: BotWorld) -> None:
    card = await taken(world)
    said = await world.emma.reply(card.id, "Мастер будет в 15")
    got = await world.resident.wait_for("Мастер будет в 15")
    await world.emma.wait_for("✓ №1: отправлено")
    await world.emma.edit(said, "Мастер будет в 16")
    changed = await world.resident.wait_for("Мастер будет в 16")
    assert changed.id == got.id
    assert "УК «Дом»" in changed.text
    await world.emma.wait_for("✓ №1: исправлено у жителя")
    entry = (await world.services.book.load(1)).entry(2)
    assert (entry.text, [one.text for one in entry.edits]) == (
        "Мастер будет в 16",
        ["Мастер будет в 15"],
    )


async def test_an_edit_of_a_caption_changes_the_caption(world: BotWorld) -> None:
    card = await taken(world)
    (said,) = await world.emma.files(
        "document", [("Акт.pdf", b"%PDF-1.4 act")], "Акт осмотра", reply_to=card.id
    )
    got = await world.resident.wait_for("Акт осмотра")
    await world.emma.wait_for("✓ №1: отправлено")
    await world.emma.edit(said, "Акт осмотра от 22 ноября")
    changed = await world.resident.wait_for("от 22 ноября")
    assert (changed.id, changed.media) == (got.id, "document")


async def test_where_the_channel_cannot_edit_the_operator_is_told(world: BotWorld) -> None:
    card = await taken(world)
    world.channel.caps = Capabilities(  # type: ignore[attr-defined]
        max_text=4096, files=True, status_card=True
    )
    said = await world.emma.reply(card.id, "Мастер будет в 15")
    await world.emma.wait_for("✓ №1: отправлено")
    await world.emma.edit(said, "Мастер будет в 16")
    refused = await world.emma.wait_for("не умеет исправлять")
    assert "осталось прежнее" in refused.text
    assert (await world.services.book.load(1)).entry(2).text == "Мастер будет в 15"
    assert not any("16" in text for text in await heard(world))


async def test_an_edit_that_cannot_be_made_leaves_what_stands_there(world: BotWorld) -> None:
    card = await taken(world)
    said = await world.emma.reply(card.id, "Мастер будет в 15")
    got = await world.resident.wait_for("Мастер будет в 15")
    await world.emma.wait_for("✓ №1: отправлено")
    telegram = world.emulator.world
    there = telegram.private(telegram.bot_by_name("dom_bot").id, 501)  # type: ignore[union-attr]
    remove(telegram, telegram.messages[there.key][got.id])
    await world.emma.edit(said, "Мастер будет в 16")
    told = await world.emma.wait_for("исправить у жителя не получилось")
    assert "Мастер будет в 15" in told.text
    assert (await world.services.book.load(1)).entry(2).text == "Мастер будет в 15"


async def test_an_album_goes_out_as_one_answer_with_one_mark(world: BotWorld) -> None:
    card = await taken(world)
    await world.emma.album([png(), png(), png()], "Схема узла", reply_to=card.id)
    await world.resident.wait_until(
        lambda seen: sum(one.media == "photo" and one.from_bot for one in seen) == 3
    )
    await world.emma.wait_for("✓ №1: отправлено")
    case = await world.services.book.load(1)
    assert [len(entry.files) for entry in case.thread if entry.direction == "out"] == [3]
    marks = [seen for seen in await world.emma.history() if "№1: отправлено" in seen.text]
    assert len(marks) == 1
    albums = {
        seen.raw.get("album") for seen in await world.resident.history() if seen.media == "photo"
    }
    assert len(albums) == 1


async def test_a_voice_goes_out_as_a_voice(world: BotWorld) -> None:
    card = await taken(world)
    await world.emma.voice(ogg(2), reply_to=card.id)
    await world.resident.wait_for(lambda seen: seen.media == "voice" and seen.from_bot)


async def test_a_file_that_telegram_does_not_give_is_refused_before_anything_is_sent(
    world: BotWorld,
) -> None:
    card = await taken(world)
    before = await heard(world)
    film = io.BytesIO(bytes(20 * 1024 * 1024 + 1))
    await world.emma.document("Фильм.avi", film, reply_to=card.id)  # type: ignore[arg-type]
    refused = await world.emma.wait_for("Слишком большой файл")
    assert "20 МБ" in refused.text
    assert await heard(world) == before
    assert len(await world.entries(1)) == 1


async def test_plain_words_never_go_out_by_themselves(world: BotWorld) -> None:
    await taken(world)
    before = await heard(world)
    await world.emma.say("Он опять пьяный звонил")
    menu = await world.emma.wait_for("Что сделать с этим?")
    assert menu.buttons == [["Ответ в №1", "Заметка в №1"], ["Отмена"]]
    await world.emma.press("Заметка в №1", on=menu)
    await world.emma.wait_for("Записано")
    assert await heard(world) == before
    assert (await world.entries(1))[-1] == ("comment", "Он опять пьяный звонил")


async def test_plain_words_are_dropped_or_answered_as_said(world: BotWorld) -> None:
    await taken(world)
    await world.emma.say("Ерунда")
    menu = await world.emma.wait_for("Что сделать с этим?")
    await world.emma.press("Отмена", on=menu)
    await world.emma.wait_until(lambda seen: all(one.id != menu.id for one in seen))
    await world.emma.say("Мастер едет")
    await world.emma.press("Ответ в №1")
    await world.resident.wait_for("Мастер едет")
    assert not any("Ерунда" in text for text in await heard(world))


async def test_a_plain_album_is_asked_about_once_and_goes_as_a_whole(world: BotWorld) -> None:
    await taken(world)
    await world.emma.album([png(), png(), png()], "Схема")
    menu = await world.emma.wait_for("Что сделать с этим?")
    await world.emma.say("/help")
    await world.emma.wait_for("/queue", fresh=True)
    asked = [seen for seen in await world.emma.history() if "Что сделать" in seen.text]
    assert len(asked) == 1
    await world.emma.press("Ответ в №1", on=menu)
    await world.resident.wait_until(
        lambda seen: sum(one.media == "photo" and one.from_bot for one in seen) == 3
    )


async def test_many_cases_are_offered_in_pages_the_one_in_sight_first(world: BotWorld) -> None:
    await taken(world)
    emma = Actor.of(await world.services.people.get("emma"))
    for number in range(8):
        case = await world.services.new_cases.open(NewCase(text="Ещё", key=f"{number}"), emma)
        await world.services.casework.take(case.number, emma)
    await world.emma.say("Кому?")
    menu = await world.emma.wait_for("Что сделать с этим?")
    assert menu.buttons[0] == ["Ответ в №1", "Заметка в №1"]
    assert len(menu.buttons) == 8
    await world.emma.press("Вперёд ›", on=menu)
    await world.emma.wait_for(lambda seen: seen.id == menu.id and len(seen.buttons) == 5)


async def test_a_note_with_files_stays_inside(world: BotWorld) -> None:
    await taken(world)
    before = await heard(world)
    await world.emma.press("Заметка")
    await world.emma.wait_for("напишите следующим сообщением")
    await world.emma.album([png(), png()], "Фото счётчиков")
    await world.emma.wait_for("Записано")
    await world.emma.say("/help")
    await world.emma.wait_for("/queue", fresh=True)
    case = await world.services.book.load(1)
    assert [len(entry.files) for entry in case.thread if entry.kind == "comment"] == [2]
    assert await heard(world) == before


async def test_an_edit_of_a_resident_stands_under_the_card_with_both_texts(
    world: BotWorld,
) -> None:
    said = await world.resident.say("Квартира 12")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.resident.edit(said, "Квартира 21")
    changed = await world.emma.wait_for("Стало: Квартира 21")
    assert "Было: Квартира 12" in changed.text
    assert "№1" in changed.reply


async def test_a_place_is_no_note_and_the_note_is_waited_for_on(world: BotWorld) -> None:
    await taken(world)
    await world.emma.press("Заметка")
    await world.emma.wait_for("напишите следующим сообщением")
    await world.emma.location(55.75, 37.61)
    await world.emma.wait_for("Такое переслать нельзя")
    await world.emma.say("Дверь справа")
    await world.emma.wait_for("Записано к №1")
    assert [text for kind, text in await world.entries(1) if kind == "comment"] == ["Дверь справа"]
