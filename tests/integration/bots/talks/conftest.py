"""A hub with people at their phones."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.botworld import BotWorld


@pytest.fixture
async def world() -> AsyncIterator[BotWorld]:
    async with BotWorld() as world:
        await world.hire()
        yield world
