"""Wake-ups for what was kept: gathered, so that a burst is one kick and nobody waits for Redis."""

from __future__ import annotations

import asyncio

from hub.ports.engine import Engine


class Wakes:
    """Call it with a lane; `run` it in the nursery of the process.

    What is not sent when the process dies costs seconds: the sweeper finds the rows.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lanes: dict[str, None] = {}
        self._some = asyncio.Event()

    def __call__(self, lane: str) -> None:
        """Something new was kept in this lane."""
        self._lanes[lane] = None
        self._some.set()

    async def run(self) -> None:
        """Kick until cancelled; what is left then is kicked before the end."""
        try:
            while True:
                await self._some.wait()
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Kick what has gathered."""
        self._some.clear()
        lanes, self._lanes = self._lanes, {}
        if lanes:
            await self._engine.take(lanes)
