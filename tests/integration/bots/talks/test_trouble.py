"""Telegram is slow, refuses, loses answers and says things twice; nobody misses anything."""

from __future__ import annotations

import asyncio

from bots.emulator.server import Limits
from tests.support.botworld import EMMA, BotWorld

SLOW = 40.0


async def test_three_messages_within_a_second_are_three_messages() -> None:
    """The strict limit of one message a second in a chat delays; it drops nothing."""
    async with BotWorld(limits=Limits(mode="strict")) as world:
        await world.hire()
        await world.resident.say("Первое")
        await world.emma.press("Взять", timeout=SLOW)
        await asyncio.gather(*(world.resident.say(f"Срочно {n}") for n in range(3)))
        wanted = {f"Срочно {number}" for number in range(3)}
        await world.emma.wait_until(lambda seen: wanted <= {one.text for one in seen}, SLOW)
        texts = [text for _, text in await world.entries(1)]
        assert sorted(texts) == ["Первое", "Срочно 0", "Срочно 1", "Срочно 2"]
        heard = [seen.text for seen in await world.emma.history() if seen.from_bot]
        for number in range(3):
            assert sum(text == f"Срочно {number}" for text in heard) == 1


async def test_a_notice_whose_answer_was_lost_comes_again_and_says_so(world: BotWorld) -> None:
    world.emulator.world.faults.add("lost", count=2, method="sendMessage", bot="shift_bot")
    await world.resident.say("Нет света")
    await world.emma.wait_for(lambda seen: seen.text.startswith("(повтор)"), SLOW)
    cards = [seen for seen in await world.emma.history() if "Нет света" in seen.text]
    assert [card.text.startswith("(повтор)") for card in cards] == [False, True]
    # The newer card is the one that is known and goes on living.
    await world.emma.press("Взять", on=cards[-1])
    await world.emma.wait_for(lambda seen: seen.id == cards[-1].id and "у меня" in seen.text)


async def test_the_same_update_twice_and_backwards_is_handled_once(world: BotWorld) -> None:
    world.emulator.world.faults.add("double", bot="shift_bot")
    world.emulator.world.faults.add("double", bot="dom_bot")
    await world.resident.say("Нет света")
    await world.emma.press("Взять")
    card = await world.emma.wait_for("у меня")
    await world.emma.reply(card.id, "Едем")
    await world.resident.wait_for("Едем")
    await world.emma.wait_for("✓")
    await world.emma.say("/help")
    await world.emma.wait_for("/queue", fresh=True)
    assert [kind for kind, _ in await world.entries(1)] == ["in", "out"]
    got = [seen.text for seen in await world.resident.history() if "Едем" in seen.text]
    assert len(got) == 1


async def test_an_answer_that_may_have_gone_out_is_shown_as_such(world: BotWorld) -> None:
    await world.resident.say("Нет света")
    await world.emma.press("Взять")
    card = await world.emma.wait_for("у меня")
    world.emulator.world.faults.add("lost", count=1, method="sendMessage", bot="dom_bot")
    await world.emma.reply(card.id, "Едем")
    unsure = await world.emma.wait_for("неизвестно, дошёл ли ответ", SLOW)
    assert "дважды" in unsure.text
    await world.emma.press("Повторить", on=unsure)
    await world.emma.wait_for("✓", SLOW)
    assert sum("Едем" in seen.text for seen in await world.resident.history()) == 2


async def test_a_menu_whose_change_was_answered_by_nobody_works_all_the_same(
    world: BotWorld,
) -> None:
    """The question stood there, the hub did not know of it: its key ended in an error, and the
    whole chat waited for the tries of that one update."""
    await world.resident.say("Нет света")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.emma.press("Закрыть")
    world.emulator.world.faults.add("lost", count=1, method="editMessageText", bot="shift_bot")
    await world.emma.press("Выполнено")
    sure = await world.emma.wait_for("Закрыть №1 с результатом")
    early = await world.emma.press("Закрыть обращение", on=sure)
    assert "не действует" in early.text
    known = world.store.shown
    async with asyncio.timeout(SLOW):
        while "result" not in (await known.at("shift", EMMA.id, sure.id)).data:  # type: ignore[union-attr]
            await asyncio.sleep(0.02)
    await world.emma.press("Закрыть обращение", on=sure)
    await world.resident.wait_for("выполнено")


async def test_a_limit_met_by_a_picture_does_not_say_its_words_again(world: BotWorld) -> None:
    await world.resident.say("Нет света")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    world.emulator.world.faults.add("429", count=1, method="sendPhoto", bot="shift_bot", seconds=1)
    await world.resident.photo("Вот щиток")
    await world.emma.wait_for(lambda seen: seen.media == "photo", SLOW)
    heard = [seen.text for seen in await world.emma.history() if "Вот щиток" in seen.text]
    assert len([text for text in heard if not text.startswith("<") and "№1 ·" not in text]) == 1


async def test_a_question_whose_answer_was_lost_comes_again_and_says_so(world: BotWorld) -> None:
    """The server said 502 to a preview, and the operator waited for it for ever."""
    await world.resident.say("Нет света")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    world.emulator.world.faults.add("5xx", count=1, method="sendMessage", bot="shift_bot")
    await world.emma.press("Передать")
    asked = await world.emma.wait_for("Кому передать", SLOW)
    assert asked.text.startswith("(повтор)")
    await world.emma.press("Петрова В. И. · 0", on=asked)
    await world.emma.wait_for("пояснение")
