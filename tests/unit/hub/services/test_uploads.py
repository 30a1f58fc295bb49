"""Files in and out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hub.domain.errors import Forbidden, NotFound, TooLarge
from hub.domain.staff import Actor
from tests.support.world import World


@pytest.fixture(autouse=True)
async def cases(world: World) -> None:
    for who, text in (("anna", "Нет воды"), ("boris", "Лифт стоит")):
        await world.say(text, who)
        world.clock.forward(minutes=1)


async def bytes_of(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_upload_is_its_owners_until_it_is_in_a_case(
    world: World, emma: Actor, oleg: Actor, ivan: Actor
) -> None:
    uploads = world.services.uploads
    stored = await uploads.put("акт.txt", bytes_of(b"one ", b"two"), emma)
    assert (await uploads.info(stored.id, emma)).size == 7
    with pytest.raises(Forbidden):
        await uploads.info(stored.id, oleg)
    await world.services.replies.comment(1, emma, "акт", files=[stored.id])
    info = await uploads.info(stored.id, oleg)
    assert [chunk async for chunk in uploads.read(info, 4, 7)] == [b"two"]
    with pytest.raises(Forbidden):
        await uploads.info(stored.id, ivan)
    with pytest.raises(NotFound):
        await uploads.info("nothing", emma)


class LittleRoom(World):
    policy = replace(World.policy, max_file=1000)


async def test_upload_has_a_limit_and_a_right() -> None:
    world = LittleRoom()
    emma = await world.staff("emma")
    half = world.deps.policy.max_file // 2
    with pytest.raises(TooLarge):
        await world.services.uploads.put("big", bytes_of(bytes(half), bytes(half), b"x"), emma)
    reader = await world.staff("reader", "reader")
    with pytest.raises(Forbidden):
        await world.services.uploads.put("a", bytes_of(b"x"), reader)
