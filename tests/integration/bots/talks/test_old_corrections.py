"""An operator corrects a message in their chat whose entry has moved to an older page."""

from __future__ import annotations

import pytest

from hub.ports.channel import Capabilities
from hub.store import paging
from tests.integration.bots.talks.test_executor import given
from tests.integration.bots.talks.test_operator_writing import taken
from tests.support.botworld import BotWorld


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("MAX_ENTRIES", 4), ("KEEP_ENTRIES", 2), ("MAX_UNFINISHED", 0)):
        monkeypatch.setattr(paging, name, few)


async def turned(world: BotWorld, *seqs: int) -> None:
    """The resident writes on, until these entries stand on a page."""
    for number in range(6):
        await world.resident.say(f"И ещё {number}")
        await world.emma.wait_for(f"И ещё {number}")
    case = await world.services.book.load(1)
    assert not [seq for seq in seqs if case.by_seq(seq) is not None]


async def test_an_old_answer_is_corrected_at_the_resident(world: BotWorld) -> None:
    card = await taken(world)
    said = await world.emma.reply(card.id, "Мастер будет в 15")
    got = await world.resident.wait_for("Мастер будет в 15")
    await world.emma.wait_for("✓ №1: отправлено")
    await turned(world, 2)
    await world.emma.edit(said, "Мастер будет в 16")
    changed = await world.resident.wait_for("Мастер будет в 16")
    assert changed.id == got.id
    await world.emma.wait_for("✓ №1: исправлено у жителя")
    entry = await world.store.cases.paged_entry(1, 2)
    assert entry is not None
    assert [*(one.text for one in entry.edits), entry.text] == [
        "Мастер будет в 15",
        "Мастер будет в 16",
    ]


async def test_where_the_channel_cannot_the_operator_is_told_why(world: BotWorld) -> None:
    card = await taken(world)
    said = await world.emma.reply(card.id, "Мастер будет в 15")
    await world.emma.wait_for("✓ №1: отправлено")
    await turned(world, 2)
    world.channel.caps = Capabilities(  # type: ignore[attr-defined]
        max_text=4096, files=True, status_card=True
    )
    await world.emma.edit(said, "Мастер будет в 16")
    await world.emma.wait_for("не умеет исправлять")
    entry = await world.store.cases.paged_entry(1, 2)
    assert entry is not None
    assert entry.text == "Мастер будет в 15"


async def test_an_old_comment_is_corrected_among_colleagues(world: BotWorld) -> None:
    task = await given(world)
    said = await world.roma.reply(task.id, "Буду в 15")
    await world.emma.wait_for("Буду в 15")
    (entry,) = [one for one in (await world.services.book.load(1)).thread if one.kind == "comment"]
    await turned(world, entry.seq)
    await world.roma.edit(said, "Буду в 16")
    changed = await world.emma.wait_for("Стало: Буду в 16")
    assert "Было: Буду в 15" in changed.text
    assert not any("Буду в 16" in seen.text for seen in await world.resident.history())
