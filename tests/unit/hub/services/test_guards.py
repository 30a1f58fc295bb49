"""A10 on every channel alike: a flood slows notices, loses nothing; machines are not answered."""

from __future__ import annotations

import pytest

from channels import discover
from hub.domain.staff import Actor
from hub.services.reaction import MOST_NOTICES
from tests.support.world import World

FLOOD = 60


@pytest.fixture
def world() -> World:
    return World(status_card=True)


@pytest.mark.parametrize("channel", sorted(discover()))
async def test_a_flood_is_told_of_in_few_notices_and_kept_whole(
    world: World, emma: Actor, channel: str
) -> None:
    await world.say("Нет воды", channel=channel)
    await world.services.casework.take(1, emma)
    await world.settle()
    world.phone.rows.clear()
    flood = [world.inbound(f"и ещё {number}", channel=channel) for number in range(FLOOD)]
    for message in flood:
        await world.keep(message)
    await world.settle()
    told = [row for row in world.phone.rows if row[1] == "message"]
    assert 0 < len(told) <= MOST_NOTICES
    # The last notice names the newest message.
    assert told[-1][2] == FLOOD + 1
    thread = await world.store.cases.thread(1, None, 200)
    texts = [entry.text for entry in thread if entry.direction == "in"]
    assert texts == ["Нет воды", *(message.text for message in flood)]


@pytest.mark.parametrize("channel", sorted(discover()))
async def test_a_machine_that_writes_is_not_answered_by_one(world: World, channel: str) -> None:
    for number in range(3):
        await world.say(f"Я в отпуске {number}", channel=channel, automatic=True)
    assert world.channel.sent == []
    await world.say("А я пишу сам", "boris", channel=channel)
    assert len(world.channel.sent) == 1
