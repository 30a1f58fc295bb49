"""An answer did not arrive, and the resident has written so much since that it stands on an older
page of the thread: its keys work all the same."""

from __future__ import annotations

import pytest

from hub.store import paging
from tests.integration.bots.talks.test_operator_ways import reachable_by_sms
from tests.support.botworld import BotWorld
from tests.support.phone import Seen

ANSWER = 2


async def turned(world: BotWorld, card: Seen, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """The notice about the answer, once that has moved to a page."""
    for name, few in (("MAX_ENTRIES", 4), ("KEEP_ENTRIES", 2), ("MAX_UNFINISHED", 0)):
        monkeypatch.setattr(paging, name, few)
    world.emulator.world.faults.add("lost", count=1, method="sendMessage", bot="dom_bot")
    await world.emma.reply(card.id, "Мастер едет")
    trouble = await world.emma.wait_for("неизвестно, дошёл ли ответ", 40)
    for number in range(5):
        await world.resident.say(f"И ещё {number}")
        await world.emma.wait_for(f"И ещё {number}")
    assert (await world.services.book.load(1)).by_seq(ANSWER) is None
    return trouble


async def test_it_is_repeated(world: BotWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    _, card = await reachable_by_sms(world)
    trouble = await turned(world, card, monkeypatch)
    await world.emma.press("Повторить", on=trouble)
    await world.emma.wait_for("✓ №1")
    assert sum("Мастер едет" in seen.text for seen in await world.resident.history()) == 2
    over = await world.emma.wait_for(lambda seen: seen.id == trouble.id and not seen.buttons)
    assert "ответ ушёл жителю" in over.text


async def test_it_goes_another_way(world: BotWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way it went by already is not offered as another one."""
    gateway, card = await reachable_by_sms(world)
    trouble = await turned(world, card, monkeypatch)
    await world.emma.press("Другой адрес", on=trouble)
    menu = await world.emma.wait_for("Куда отправить ответ по №1?")
    assert not any("Telegram" in key for row in menu.buttons for key in row)
    await world.emma.press("СМС · +7 (922) 000-00-01", on=menu)
    await world.emma.wait_for("✓ №1")
    assert [out.text for out in gateway.sent] == ["Мастер едет"]
