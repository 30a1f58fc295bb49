"""A world with the app's account, served, and two residents' phones."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.api import furnish
from tests.support.residentapp import AppWorld, Client, Phone, serving


@pytest.fixture
async def world() -> AppWorld:
    world = AppWorld()
    await furnish(world)
    return world


@pytest.fixture
async def client(world: AppWorld) -> AsyncIterator[Client]:
    async with serving(world) as client:
        yield client


@pytest.fixture
def anna(client: Client, world: AppWorld) -> Phone:
    return Phone(client, world.token("anna"))


@pytest.fixture
def boris(client: Client, world: AppWorld) -> Phone:
    return Phone(client, world.token("boris"))
