"""The socket: nothing missed, nothing twice, however often it breaks; who may stay on it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.domain.staff import Actor
from hub.http.app import live
from hub.ports.live import LiveEvent
from tests.support.residentapp import AppWorld, Phone

Frame = dict[str, Any]


async def emma(world: AppWorld) -> Actor:
    return Actor.of(await world.services.people.get("emma"))


async def answer(world: AppWorld, number: int, text: str) -> None:
    await world.services.replies.send(number, await emma(world), text)
    await world.settle()


def texts(frames: list[Frame]) -> list[str]:
    return [one["message"]["text"] for one in frames if one["type"] == "message"]


async def test_who_comes_is_told_what_there_is_and_then_what_comes(
    world: AppWorld, anna: Phone
) -> None:
    await anna.begin("Нет воды", "k1")
    await world.settle()
    line = await anna.listen()
    began = await line.until("synced")
    assert [one["type"] for one in began] == ["welcome", "message", "case", "synced"]
    await answer(world, 1, "Слесарь выехал")
    said = await line.until("case")
    assert texts(said) == ["Слесарь выехал"]
    assert said[-1]["card"]["unread"] == 1


async def test_a_first_message_reaches_a_socket_that_was_open_before_it(
    world: AppWorld, anna: Phone
) -> None:
    line = await anna.listen()
    assert [one["type"] for one in await line.until("synced")] == ["welcome", "synced"]
    await anna.begin("Нет воды", "k1")
    await world.settle()
    (said,) = [one for one in await line.until("case") if one["type"] == "message"]
    assert (said["message"]["key"], said["case"]) == ("k1", 1)


async def test_after_a_break_only_what_was_missed_comes(world: AppWorld, anna: Phone) -> None:
    await anna.begin("Нет воды", "k1")
    await anna.begin("Нет света", "k2")
    await world.settle()
    line = await anna.listen()
    await line.until("synced")
    positions = line.positions
    await line.socket.close()
    await answer(world, 2, "Электрик выехал")
    again = await anna.listen(positions)
    frames = await again.until("synced")
    assert texts(frames) == ["Электрик выехал"]
    assert {one["case"] for one in frames if "case" in one} == {2}
    third = await anna.listen({**positions, **again.positions})
    assert [one["type"] for one in await third.until("synced")] == ["welcome", "synced"]


async def test_positions_of_a_list_are_where_the_stream_goes_on(
    world: AppWorld, anna: Phone
) -> None:
    await anna.begin("Нет воды", "k1")
    await world.settle()
    (card,) = (await anna.get("/cases"))["items"]
    line = await anna.listen({"1": card["position"]})
    assert [one["type"] for one in await line.until("synced")] == ["welcome", "synced"]


async def test_a_hundred_answers_and_a_break_after_each_frame_are_a_hundred(
    world: AppWorld, anna: Phone
) -> None:
    """The connection is cut after every few frames while answers flow."""
    await anna.begin("Нет воды", "k1")
    await world.settle()
    heard: list[str] = []
    positions: dict[str, str] = {}

    async def write() -> None:
        for number in range(100):
            await answer(world, 1, f"Ответ {number}")
            await asyncio.sleep(0)

    writing = asyncio.create_task(write())
    cuts = 0
    while not (writing.done() and heard and heard[-1] == "Ответ 99"):
        line = await anna.listen(positions)
        for _ in range(3 + cuts % 5):
            frame = await line.hear()
            if frame["type"] == "message":
                heard.append(frame["message"]["text"])
            if heard and heard[-1] == "Ответ 99":
                break
        positions |= line.positions
        await line.socket.close()
        cuts += 1
    await writing
    assert heard == ["Нет воды", *(f"Ответ {number}" for number in range(100))]
    assert cuts > 10


async def test_a_lost_hint_costs_time_and_no_message(
    world: AppWorld, anna: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.2)
    await anna.begin("Нет воды", "k1")
    await world.settle()
    line = await anna.listen()
    await line.until("synced")
    ears, world.radio.ears = world.radio.ears, []
    await answer(world, 1, "Слесарь выехал")
    assert texts(await line.until("case")) == ["Слесарь выехал"]
    world.radio.ears = ears


async def test_after_a_break_of_the_hubs_own_connection_everything_is_looked_at(
    world: AppWorld, anna: Phone
) -> None:
    await anna.begin("Нет воды", "k1")
    await world.settle()
    line = await anna.listen()
    await line.until("synced")
    ears, world.radio.ears = world.radio.ears, []
    await answer(world, 1, "Слесарь выехал")
    world.radio.ears = ears
    world.radio.lose()
    assert texts(await line.until("case")) == ["Слесарь выехал"]


async def test_another_device_hears_what_was_written_and_read_here(
    world: AppWorld, anna: Phone
) -> None:
    await anna.begin("Нет воды", "k1")
    await world.settle()
    await answer(world, 1, "Слесарь выехал")
    phone, tablet = await anna.listen(), await anna.listen()
    for line in (phone, tablet):
        await line.until("synced")
    shown = (await anna.get("/cases/1"))["messages"]["items"]
    await phone.say(type="read", case=1, upto=shown[-1]["id"])
    await _kept(world)
    changed = await tablet.until("case")
    assert [one["message"]["read"] for one in changed if one["type"] == "changed"] == [True]
    assert changed[-1]["card"]["unread"] == 0
    await anna.write(1, "Спасибо", "k2")
    await world.settle()
    assert texts(await tablet.until("case")) == ["Спасибо"]


async def _kept(world: AppWorld) -> None:
    """Wait until something was kept, and let it be understood."""
    async with asyncio.timeout(60):
        while not world.kicks.lanes:
            await asyncio.sleep(0.01)
    await world.settle()


async def test_a_corrected_answer_and_a_seen_message_change_in_place(
    world: AppWorld, anna: Phone
) -> None:
    by = await emma(world)
    await anna.begin("Нет воды", "k1")
    await world.settle()
    await world.services.casework.take(1, by)
    await answer(world, 1, "Слесарь выехал")
    line = await anna.listen()
    await line.until("synced")
    await world.services.replies.revise(1, 2, by, "Слесарь выехал, будет в 12")
    await world.settle()
    (changed,) = [one for one in await line.until("changed") if one["type"] == "changed"]
    assert changed["message"]["text"] == "Слесарь выехал, будет в 12"
    assert changed["message"]["edited"] is True
    assert (await line.until("case"))[-1]["card"]["last"]["edited"] is True


async def test_what_staff_have_seen_is_marked_at_once(world: AppWorld, anna: Phone) -> None:
    by = await emma(world)
    await anna.begin("Нет воды", "k1")
    await world.settle()
    await world.services.casework.take(1, by)
    line = await anna.listen()
    await line.until("synced")
    await world.services.casework.seen(1, by)
    (changed,) = [one for one in await line.until("case") if one["type"] == "changed"]
    assert changed["message"]["read"] is True


async def test_a_comment_tells_nothing(world: AppWorld, anna: Phone) -> None:
    await anna.begin("Нет воды", "k1")
    await world.settle()
    line = await anna.listen()
    await line.until("synced")
    await world.services.replies.comment(1, await emma(world), "Только для своих")
    await world.settle()
    await line.say(type="ping")
    assert (await line.hear())["type"] == "pong"
    await answer(world, 1, "Слесарь выехал")
    assert texts(await line.until("case")) == ["Слесарь выехал"]


async def test_typing_goes_both_ways_and_is_kept_nowhere(world: AppWorld, anna: Phone) -> None:
    await anna.begin("Нет воды", "k1")
    await world.settle()
    line = await anna.listen()
    await line.until("synced")
    ear: asyncio.Queue[LiveEvent | None] = asyncio.Queue()
    world.radio.ears.append(ear)
    await line.say(type="typing", case=1)
    async with asyncio.timeout(60):
        heard = await ear.get()
    assert heard is not None
    assert (heard.case, heard.what, heard.by) == (1, ["typing"], "")
    await world.radio.publish(LiveEvent(case=1, version=0, what=["typing"], by="emma"))
    assert await line.hear() == {"type": "typing", "case": 1}
    assert len((await world.services.book.load(1)).thread) == 1


async def test_what_has_moved_to_older_pages_is_told_to_who_was_away_for_long(
    world: AppWorld, anna: Phone
) -> None:
    await anna.begin("Нет воды", "k1")
    await world.settle()
    line = await anna.listen()
    await line.until("synced")
    positions = line.positions
    await line.socket.close()
    by = await emma(world)
    for number in range(60):
        await world.services.replies.send(1, by, f"Ответ {number} " + "подробно " * 800)
        await world.services.replies.comment(1, by, "Только для своих " * 100)
        await world.settle()
    assert (await world.services.book.load(1)).pages > 0
    again = await anna.listen(positions)
    told = texts(await again.until("synced"))
    assert [text.split()[1] for text in told] == [str(number) for number in range(60)]
    page = await anna.get("/cases/1/messages?limit=100")
    assert len(page["items"]) == 61
