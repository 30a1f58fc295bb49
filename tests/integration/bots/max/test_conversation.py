"""What residents see in MAX where it differs: pictures in one message, a signed phone, deletions,
edits after a day, files that MAX still works on."""

from __future__ import annotations

from hub.domain.message import Outbound, Rejected
from tests.support.botworld import ADMIN
from tests.support.maxworld import SVETLANA, MaxWorld
from tests.support.messenger.state import Line
from tests.support.samples import ogg, png


def mine(world: MaxWorld) -> list[Line]:
    """What the bot said to Svetlana."""
    return [line for line in world.messenger.lines[SVETLANA.id] if line.from_bot]


async def test_files_go_both_ways(world: MaxWorld) -> None:
    await world.resident.album([png(), png(9, 9)], "Вот протечка")
    await world.resident.wait_for("№1 принято")
    await world.resident.voice(ogg(3))
    await world.resident.document("Акт.pdf", b"%PDF-1.4 x", "Прошу")
    await world.resident.video(b"\0\0\0\x18ftypmp42film")
    card = await world.emma.wait_for("Вот протечка")
    await world.emma.press("Взять")
    await world.resident.wait_for("в работе")
    await world.emma.photo("Вижу, едем", reply_to=card)
    got = await world.resident.wait_for("Вижу, едем")
    assert got.media == "photo"
    assert (await world.resident.fetch(got)).startswith(b"\x89PNG")
    await world.emma.document("Акт осмотра.pdf", b"%PDF-1.4 act", "Акт", reply_to=card)
    act = await world.resident.wait_for(lambda seen: seen.media == "document" and seen.from_bot)
    assert act.text.startswith("Акт")
    assert act.raw["media"][0]["filename"] == "Акт осмотра.pdf"
    assert await world.resident.fetch(act) == b"%PDF-1.4 act"
    case = await world.services.book.load(1)
    own = [file for entry in case.thread if entry.direction == "in" for file in entry.files]
    assert [file.kind for file in own] == ["photo", "photo", "voice", "file", "video"]
    assert [file.state for file in own] == ["ready"] * 5


async def test_the_answer_quotes_what_it_answers(world: MaxWorld) -> None:
    await world.resident.say("Нет воды")
    card = await world.emma.wait_for("Нет воды")
    await world.emma.press("Взять")
    await world.emma.reply(card, "Едем")
    answer = await world.resident.wait_for("Едем")
    assert answer.reply == "Нет воды"


async def test_a_rejection_rings(world: MaxWorld) -> None:
    await world.resident.say("Нет воды")
    await world.resident.wait_for("№1 принято")
    await world.emma.wait_for("Нет воды")
    await world.services.casework.reject(1, "Дом не наш", ADMIN)
    told = await world.resident.wait_for(lambda seen: seen.has_button("Не решено"))
    assert told.text.startswith("Обращение №1 отклонено.\n\nДом не наш")
    assert not told.edited
    card = await world.resident.wait_for(lambda seen: seen.edited and "отклонено" in seen.text)
    assert (card.buttons, card.id < told.id) == ([], True)
    await world.resident.press("Не решено", on=told)
    await world.emma.wait_for("Открыто снова")
    assert [line.text for line in mine(world)].count(told.text) == 1


async def test_a_card_that_was_passed_on_proves_nothing(world: MaxWorld) -> None:
    neighbour = world.neighbour()
    await neighbour.address_book(SVETLANA.vcf())
    await neighbour.wait_for("№1 принято")
    found = await world.store.contacts.by_identities([f"phone:{SVETLANA.phone}"])
    assert not found
    case = await world.services.book.load(1)
    assert case.thread[0].shared_contact == "+79220000001 Светлана Иванова"


async def test_a_deletion_is_shown_and_not_carried_out(world: MaxWorld) -> None:
    said = await world.resident.say("Код домофона 1234")
    await world.resident.wait_for("№1 принято")
    card = await world.emma.wait_for("Код домофона")
    await world.emma.press("Взять")
    await world.resident.delete(said)
    await world.emma.wait_for(lambda seen: seen.id > card.id and "удал" in seen.text.lower())
    case = await world.services.book.load(1)
    assert case.thread[0].deleted
    assert case.thread[0].text == "Код домофона 1234"


async def test_what_we_said_cannot_be_deleted_by_who_reads_it(world: MaxWorld) -> None:
    await world.resident.say("Нет воды")
    card = await world.emma.wait_for("Нет воды")
    await world.emma.press("Взять")
    await world.emma.reply(card, "Мастер будет в 15:00")
    answer = await world.resident.wait_for("в 15:00")
    await world.resident.delete(answer)
    await world.resident.say("Спасибо")
    await world.emma.wait_for("Спасибо")
    case = await world.services.book.load(1)
    said = next(entry for entry in case.thread if "в 15:00" in entry.text)
    assert (said.direction, said.deleted, said.edits) == ("out", False, [])
    stats = await world.store.inbox.stats(world.clock.now())
    assert (stats["new"], stats["quarantined"]) == (0, 0)


async def test_the_card_is_sent_anew_where_the_old_one_cannot_be_changed(world: MaxWorld) -> None:
    """MAX lets a message be changed for a day."""
    await world.resident.say("Нет воды")
    old = await world.resident.wait_for("№1 принято")
    world.messenger.fail(
        "PUT", "/messages", status=200, text='{"success":false,"message":"too old"}'
    )
    await world.services.casework.take(1, ADMIN)
    new = await world.resident.wait_for("№1 в работе")
    assert new.id > old.id
    assert mine(world)[0].text.startswith("Обращение №1 принято")


async def test_a_correction_by_the_operator_changes_what_stands_there(world: MaxWorld) -> None:
    await world.resident.say("Нет воды")
    card = await world.emma.wait_for("Нет воды")
    await world.emma.press("Взять")
    reply = await world.emma.reply(card, "Мастер будет в 15:00")
    answer = await world.resident.wait_for("в 15:00")
    await world.emma.edit(reply, "Мастер будет в 16:00")
    changed = await world.resident.wait_for("в 16:00")
    assert changed.id == answer.id


async def test_a_file_that_max_still_works_on_arrives_once(world: MaxWorld) -> None:
    await world.resident.say("Нет воды")
    card = await world.emma.wait_for("Нет воды")
    await world.emma.press("Взять")
    world.messenger.busy = 2
    await world.emma.photo("Схема", reply_to=card)
    await world.resident.wait_for("Схема")
    await world.emma.wait_for("✓")
    assert len([line for line in mine(world) if "Схема" in line.text]) == 1
    assert len(world.messenger.uploaded) == 1


async def test_a_pressed_button_is_confirmed_and_says_thanks(world: MaxWorld) -> None:
    await world.resident.say("Нет воды")
    await world.resident.wait_for("№1 принято")
    await world.services.casework.take(1, ADMIN)
    await world.services.casework.resolve(1, "done", ADMIN)
    answer = await world.resident.press("👍")
    assert (answer.given, answer.text) == (True, "Спасибо за оценку!")
    again = await world.resident.press("Не решено")
    assert again.given
    await world.resident.wait_for("№1 в работе")
    assert (await world.services.book.load(1)).rating == 1


async def test_stopped_and_started_again(world: MaxWorld) -> None:
    await world.resident.say("Нет воды")
    await world.resident.wait_for("№1 принято")
    case = await world.services.book.load(1)
    await world.resident.block()
    await world.emma.press("Взять")
    assert case.address is not None
    probe = Outbound(id="probe", to=case.address, text="Проба")
    outcome = await world.deps.senders["dom"].send(probe)
    assert outcome == Rejected(
        "blocked", f"chat.denied Key: error.dialog.suspended, args: [{SVETLANA.id},].", gone=True
    )
    await world.resident.unblock()
    await world.resident.wait_for("Здравствуйте!")
    contact = await world.store.contacts.get(case.contact.id)
    assert contact is not None
    assert [known.unreachable for known in contact.identities] == [""]


async def test_the_menu_of_commands_is_offered(world: MaxWorld) -> None:
    await world.residents.introduce()
    assert [one["name"] for one in world.messenger.commands] == [
        "new",
        "my",
        "lang",
        "link",
        "help",
    ]
