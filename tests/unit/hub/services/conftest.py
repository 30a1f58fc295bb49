"""A world with one case and the people around it."""

from __future__ import annotations

import pytest

from hub.domain.staff import Actor
from tests.support.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def emma(world: World) -> Actor:
    """An operator."""
    return await world.staff("emma", name="Аксакова Эмма Юрьевна")


@pytest.fixture
async def oleg(world: World) -> Actor:
    """Another operator."""
    return await world.staff("oleg")


@pytest.fixture
async def ivan(world: World) -> Actor:
    """An executor."""
    return await world.staff("ivan", "executor")


@pytest.fixture
async def admin(world: World) -> Actor:
    return await world.staff("admin", "admin")


@pytest.fixture
async def lena(world: World) -> Actor:
    """A supervisor."""
    return await world.staff("lena", "supervisor")
