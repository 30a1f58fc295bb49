"""Thousands of lines of the hub's log would take longer than the day itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from tests.simulation.quiet import quiet


@pytest.fixture(scope="module", autouse=True)
def silence() -> Iterator[None]:
    """Logs are off while days are played."""
    config = structlog.get_config()
    quiet()
    yield
    structlog.configure(**config)
