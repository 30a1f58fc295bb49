"""One running hub for the tests that only add cases to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.house import House
from tests.e2e.logs import faults, private


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """`hub run` at our local Telegram, told to log everything. At the end it must stop as it
    should, and its logs must hold nothing of what was said and no fault."""
    async with House(tmp_path_factory.mktemp("house"), HUB_LOG_LEVEL="debug") as made:
        yield made
        ends = await made.stop()
        private(made, *made.said)
        assert faults(made) == []
        assert [code for code, _ in ends] == [0]
