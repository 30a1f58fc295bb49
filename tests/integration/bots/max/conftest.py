"""A hub whose residents write by MAX."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.bots.talks.test_resident_screens import houses
from tests.support.maxworld import MaxWorld

__all__ = ["houses"]


@pytest.fixture
async def world() -> AsyncIterator[MaxWorld]:
    world = MaxWorld()
    async with world:
        await world.hire()
        yield world
