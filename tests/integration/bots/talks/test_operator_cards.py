"""Cards live: what happens to a case is seen on every card that matters, in its place."""

from __future__ import annotations

import asyncio

import pytest

from bots.common import outlet
from hub.domain.staff import Actor
from hub.services.people import StaffChange
from tests.support.botworld import ADMIN, BotWorld
from tests.support.phone import Seen


async def actor(world: BotWorld, login: str) -> Actor:
    return Actor.of(await world.services.people.get(login))


async def both_have_it(world: BotWorld) -> tuple[Seen, Seen]:
    await world.resident.say("Нет горячей воды")
    return (
        await world.emma.wait_for("Нет горячей воды"),
        await world.vera.wait_for("Нет горячей воды"),
    )


async def test_cards_of_the_queue_are_redrawn_in_place(world: BotWorld) -> None:
    emmas, veras = await both_have_it(world)
    await world.resident.say("И холодной тоже")
    for phone, card in ((world.emma, emmas), (world.vera, veras)):
        await phone.wait_for(lambda seen, c=card: seen.id == c.id and "И холодной" in seen.text)
    await world.emma.press("Взять", on=emmas.id)
    others = await world.vera.wait_for(
        lambda seen: seen.id == veras.id and "у кого: Аксакова Э. Ю." in seen.text
    )
    assert not others.has_button("Взять")
    await world.emma.press("Закрыть")
    await world.emma.press("Консультация")
    await world.emma.press("Закрыть обращение")
    for phone, card in ((world.emma, emmas), (world.vera, veras)):
        await phone.wait_for(
            lambda seen, c=card: seen.id == c.id and "Результат: Консультация" in seen.text
        )
    await world.emma.press("Открыть снова", on=await world.emma.wait_for("закрыто с результатом"))
    await world.emma.wait_for(lambda seen: seen.id == emmas.id and seen.has_button("Закрыть"))


async def test_two_who_take_at_once_are_one_who_has_it(world: BotWorld) -> None:
    emmas, veras = await both_have_it(world)
    taps = await asyncio.gather(
        world.emma.press("Взять", on=emmas), world.vera.press("Взять", on=veras)
    )
    refused = [tap for tap in taps if tap.alert]
    assert len(refused) == 1
    assert refused[0].text.startswith("Уже взято: ")
    case = await world.services.book.load(1)
    assert [line.action for line in case.history].count("taken") == 1


async def test_a_comment_of_a_colleague_makes_no_key_old(world: BotWorld) -> None:
    emmas, _ = await both_have_it(world)
    await world.emma.press("Взять", on=emmas)
    await world.emma.wait_for("у меня")
    await world.services.replies.comment(1, await actor(world, "vera"), "Звонили из аварийной")
    await world.emma.wait_for("Звонили из аварийной")
    answer = await world.emma.press("Закрыть", on=emmas.id)
    assert not answer.alert
    await world.emma.wait_for("С каким результатом")


async def test_what_was_handed_over_is_accepted(world: BotWorld) -> None:
    emmas, _ = await both_have_it(world)
    await world.emma.press("Взять", on=emmas)
    await world.emma.wait_for("у меня")
    await world.services.casework.transfer(
        1, await actor(world, "emma"), note="Ухожу на обед", operator="vera"
    )
    given = await world.vera.wait_for("Передано вам")
    assert "Ухожу на обед" in given.text
    await world.vera.press("Принять", on=given)
    kept = await world.vera.wait_for(lambda seen: seen.id == given.id and "у меня" in seen.text)
    # The explanation stays in sight for as long as the case is theirs.
    assert "Ухожу на обед" in kept.text
    case = await world.services.book.load(1)
    assert (case.operator, case.status, case.offered_by) == ("vera", "in_progress", "")


async def test_the_loads_of_colleagues_stand_where_a_case_is_handed_over(world: BotWorld) -> None:
    emmas, _ = await both_have_it(world)
    await world.vera.press("Взять")
    await world.vera.wait_for("у меня")
    await world.emma.wait_for(lambda seen: seen.id == emmas.id and "у кого" in seen.text)
    await world.emma.press("Передать", on=emmas.id)
    menu = await world.emma.wait_for("Кому передать")
    assert menu.has_button("Аксакова Э. Ю. · 0")
    assert not any("Петрова" in label for row in menu.buttons for label in row)


async def test_a_file_too_large_for_telegram_is_named_and_said_where_it_is(
    world: BotWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    emmas, _ = await both_have_it(world)
    await world.emma.press("Взять", on=emmas)
    await world.emma.wait_for("у меня")
    monkeypatch.setattr(outlet, "MAX_UPLOAD", 3)
    await world.resident.document("Съёмка.mp4", b"many bytes", "Вот запись")
    told = await world.emma.wait_for("Telegram столько не берёт")
    assert "Съёмка.mp4" in told.text
    assert "на сайте" in told.text


async def test_losing_the_role_ends_the_rights_at_the_next_tap(world: BotWorld) -> None:
    emmas, _ = await both_have_it(world)
    person = await world.store.staff.get("emma")
    assert person is not None
    person.roles = ["reader"]
    await world.store.staff.save(person)
    answer = await world.emma.press("Взять", on=emmas)
    assert answer.text == "Нет доступа."
    assert (await world.services.book.load(1)).operator == ""


async def test_a_deed_is_one_line_of_the_history(world: BotWorld) -> None:
    await world.resident.say("Нет горячей воды")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.emma.press("Ещё")
    await world.emma.press("Ждём жителя")
    await world.emma.wait_for("№1: ждём жителя")
    await world.emma.press("Ещё")
    await world.emma.press("История")
    told = await world.emma.wait_for("№1, история")
    lines = [line.split(": ", 1)[1] for line in told.text.splitlines()[1:] if line]
    assert lines == ["взял(а) в работу", "ждём жителя"]


async def test_the_history_says_why_in_words(world: BotWorld) -> None:
    await world.resident.say("Нет горячей воды")
    await world.vera.press("Взять")
    await world.vera.wait_for("у меня")
    await world.services.people.change("vera", StaffChange(active=False), ADMIN)
    await world.emma.say("/take 1")
    await world.emma.wait_for("у меня")
    await world.emma.press("Ещё")
    await world.emma.press("История")
    told = await world.emma.wait_for("№1, история")
    assert "вернулось в очередь (сотрудник отключён)" in told.text
