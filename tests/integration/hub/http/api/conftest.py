"""A furnished world and a program that calls its API."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.api import Program, furnish, serving
from tests.support.world import World


@pytest.fixture
async def world() -> World:
    world = World()
    await furnish(world)
    return world


@pytest.fixture
async def api(world: World) -> AsyncIterator[Program]:
    async with serving(world.services) as program:
        yield program
