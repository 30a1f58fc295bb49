"""A hub for the time of a command: its stores and its parts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub import wiring
from hub.embedded import stores
from hub.settings import Settings


@asynccontextmanager
async def opened(settings: Settings, *, prepare: bool = False) -> AsyncIterator[wiring.Hub]:
    """``prepare`` makes indexes and upgrades; embedded stores are always brought up to date, since
    nobody else cares for them."""
    async with (
        stores(settings) as urls,
        wiring.opened(settings, urls, prepare=prepare or bool(urls.embedded)) as hub,
    ):
        # Ages come from the store: whoever is asked for /metrics tells the same.
        hub.health.refresh = hub.measure
        yield hub
