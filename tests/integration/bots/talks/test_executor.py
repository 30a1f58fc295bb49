"""A day of an executor."""

from __future__ import annotations

import pytest

from hub.domain.errors import Forbidden, WrongState
from hub.domain.staff import Actor
from tests.support.botworld import BotWorld
from tests.support.phone import Seen
from tests.support.samples import png


async def given(world: BotWorld) -> Seen:
    """A case of Emma's that Roma is to carry out; returns the card of the task."""
    await world.resident.say("Течёт кран на кухне")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    emma = Actor.of(await world.services.people.get("emma"))
    await world.services.casework.executors(1, emma, add=["roma"])
    await world.services.casework.edit(1, emma, premises="ул. Ленина, 5-12")
    return await world.roma.wait_for(lambda seen: "Задача №1" in seen.text and "12" in seen.text)


async def test_from_accepting_to_the_report_with_a_photo(world: BotWorld) -> None:
    task = await given(world)
    assert "На карте" in task.text
    await world.roma.press("Принять", on=task.id)
    await world.emma.wait_for("Белов Р. С. (принял)")
    await world.roma.press("Выехал")
    await world.emma.wait_for("Белов Р. С. (выехал)")
    await world.roma.press("На месте")
    await world.emma.wait_for("Белов Р. С. (на месте)")
    await world.roma.press("Готово")
    await world.roma.wait_for("пришлите фото")
    await world.roma.photo("Заменил смеситель", png())
    await world.roma.wait_for("📎 1 файл")
    await world.roma.say("Проверил, не течёт")
    report = await world.roma.wait_for("Проверил")
    assert "Заменил смеситель" in report.text
    assert not any("смеситель" in text for _, text in await world.entries(1))
    await world.roma.press("Отправить", on=report)
    heard = await world.emma.wait_for("Заменил смеситель")
    assert heard.text.startswith("Белов Р. С., сантехник:")
    await world.emma.wait_for(lambda seen: seen.media == "photo" and seen.from_bot)
    await world.emma.wait_for("Белов Р. С. (готово)")
    assert not any("смеситель" in said.text for said in await world.resident.history())
    await world.roma.wait_for(lambda seen: seen.id == task.id and not seen.has_button("Готово"))


async def test_declining_gives_the_work_back_with_the_reason(world: BotWorld) -> None:
    task = await given(world)
    await world.roma.press("Не могу", on=task.id)
    await world.roma.press("Нет материала или инструмента")
    await world.emma.wait_for("Нет материала или инструмента")
    await world.roma.wait_for("вернули диспетчеру")
    case = await world.services.book.load(1)
    assert case.executors == []
    roma = Actor.of(await world.services.people.get("roma"))
    await world.services.tasks.decline(1, roma, reason="ещё раз", key="again")
    assert len(await world.entries(1)) == 2
    with pytest.raises(Forbidden):
        await world.services.tasks.advance(1, "going", roma)
    emma = Actor.of(await world.services.people.get("emma"))
    with pytest.raises(WrongState):
        await world.services.tasks.advance(1, "going", emma)


async def test_tasks_by_day_and_plain_words_go_to_the_dispatcher(world: BotWorld) -> None:
    await given(world)
    await world.roma.say("/tasks")
    tasks = await world.roma.wait_for("Задачи: 1")
    await world.roma.press("№1 · ул. Ленина, 5-12", on=tasks)
    await world.roma.say("Где ключ от подвала?")
    await world.roma.press("№1 · ул. Ленина, 5-12", on=await world.roma.wait_for("О какой задаче"))
    await world.emma.wait_for("Где ключ от подвала?")
    await world.roma.say("/queue")
    await world.roma.wait_for("Такой команды нет")
    await world.roma.press("Переписка")
    thread = await world.roma.wait_for("последнее")
    assert "Течёт кран" in thread.text


async def test_an_executor_cannot_press_an_operators_key(world: BotWorld) -> None:
    """A key from somebody else's card, forged or forwarded, is no way round the rights."""
    task = await given(world)
    body = (
        '{"update_id": 9, "callback_query": {"id": "1", "chat_instance": "1", "from": {"id": 504,'
        ' "is_bot": false, "first_name": "Р"}, "data": "c:release:1:0:0", "message": {"message_id":'
        f' {task.id}, "date": 1, "chat": {{"id": 504, "type": "private"}}}}}}}}'
    )
    await world.bots.conversation.handle("forged", "shift", body.encode())
    case = await world.services.book.load(1)
    assert case.operator == "emma"
