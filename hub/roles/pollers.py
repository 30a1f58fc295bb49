"""The role `bots`: one poller per account wherever it runs, held by a lease in the store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from hub.ports.channel import Accept, Poller
from hub.ports.clock import Clock, Ids
from hub.ports.leases import Leases

log = structlog.get_logger(__name__)

LEASE = 15.0
"""Seconds; renewed every third of it. Another process takes over after that at the latest."""


class Pollers:
    """Runs those of the account's pollers whose lease this process holds."""

    def __init__(
        self,
        pollers: Mapping[str, Poller],
        accept: Accept,
        leases: Leases,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._pollers = pollers
        self._accept = accept
        self._leases = leases
        self._clock = clock
        self._me = ids.new()

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop`. Ending a poller loses nothing: what it did not keep, it did not
        confirm, and the next one is given it again."""
        async with asyncio.TaskGroup() as nursery:
            for account, poller in self._pollers.items():
                nursery.create_task(self._account(account, poller, stop), name=f"poll {account}")
            await stop.wait()

    async def _account(self, account: str, poller: Poller, stop: asyncio.Event) -> None:
        name = f"poller:{account}"
        while not stop.is_set():
            if await self._held(name):
                try:
                    await self._while_held(name, poller, stop)
                finally:
                    await self._drop(name)
            await _pause(stop, LEASE / 3)

    async def _while_held(self, name: str, poller: Poller, stop: asyncio.Event) -> None:
        listening = asyncio.ensure_future(poller.listen(self._accept))
        try:
            while not stop.is_set() and not listening.done():
                await _pause(stop, LEASE / 3)
                if not await self._held(name):
                    log.warning("poller.lease_lost", lease=name)
                    return
        finally:
            listening.cancel()
            (ended,) = await asyncio.gather(listening, return_exceptions=True)
            if isinstance(ended, Exception):
                log.error("poller.failed", lease=name, exc_info=ended)

    async def _held(self, name: str) -> bool:
        try:
            return await self._leases.hold(name, self._me, self._clock.now(), LEASE)
        except Exception as error:
            # Without the store nothing can be kept, so there is nothing to poll for either.
            log.warning("poller.store", lease=name, error=type(error).__name__)
            return False

    async def _drop(self, name: str) -> None:
        try:
            await self._leases.drop(name, self._me)
        except Exception as error:
            log.warning("poller.drop", lease=name, error=type(error).__name__)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
