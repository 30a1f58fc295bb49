"""Recordings come from the exchange into the files: asked for with growing pauses, since «not there
yet» is not «gone»."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from hub.domain.call import Call, KeptRecording
from hub.domain.errors import StoreDown, TooLarge
from hub.ports.channel import Fetcher, FetchFailed
from hub.ports.saving import Conflict
from hub.ports.telephony import Recorded
from hub.services.deps import Deps

log = structlog.get_logger()

ATTEMPTS = 12
TOGETHER = 4
SOME = 20
EVERY = 2.0
"""Seconds between looks at what is due."""
WITHIN = 240.0
"""Seconds for one recording; its lease is longer."""
LEASE = 300.0


def keeps(exchange: object) -> bool:
    """Whether this account's exchange keeps recordings that can be fetched."""
    if not isinstance(exchange, Fetcher):
        return False
    return exchange.recordings if isinstance(exchange, Recorded) else True


class Recordings:
    """Any number of workers fetch side by side; a lease keeps two from fetching the same."""

    def __init__(self, deps: Deps, follow: Callable[[Call], Awaitable[None]]) -> None:
        self._deps = deps
        self._follow = follow

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch what is due until `stop`."""
        while not stop.is_set():
            try:
                await self.sweep()
            except Exception as error:
                # Whatever it is, the recordings are still due: the next look finds them.
                log.warning("recordings.sweep", error=type(error).__name__)
            try:
                async with asyncio.timeout(EVERY):
                    await stop.wait()
            except TimeoutError:
                continue

    async def sweep(self) -> None:
        """Everything that is due now, a few at a time."""
        due = await self._deps.calls.to_fetch(self._deps.clock.now(), SOME)
        for at in range(0, len(due), TOGETHER):
            await asyncio.gather(*(self._guarded(one) for one in due[at : at + TOGETHER]))

    async def _guarded(self, call_id: str) -> None:
        name, me = f"recording:{call_id}", self._deps.ids.new()
        if not await self._deps.leases.hold(name, me, self._deps.clock.now(), LEASE):
            return
        try:
            await self._call(call_id)
        except StoreDown:
            raise
        except Exception:
            # It stays due; one call must not keep the others waiting.
            log.exception("recordings.call", call=call_id)
        finally:
            await self._deps.leases.drop(name, me)

    async def _call(self, call_id: str) -> None:
        call = await self._deps.calls.get(call_id)
        now = self._deps.clock.now()
        for one in list(call.recordings) if call else []:
            if call is not None and one.state == "waiting" and one.due and one.due <= now:
                await self._one(call, one)

    async def _one(self, call: Call, one: KeptRecording) -> None:
        fetcher = self._deps.exchanges.get(call.account)
        if not isinstance(fetcher, Fetcher):
            await self._write(call.id, one.id, reason="channel_off", final=True)
            return
        try:
            async with asyncio.timeout(WITHIN):
                stored = await self._deps.files.put(
                    one.file,
                    self._name(call, one),
                    _some(fetcher.fetch(one.attachment())),
                    case=0,
                    by=f"call:{call.id}",
                    limit=self._deps.policy.max_file,
                    mime=one.mime,
                )
        except TooLarge:
            await self._write(call.id, one.id, reason="file_too_large", final=True)
        except FetchFailed as failed:
            await self._write(call.id, one.id, reason=failed.reason, final=failed.final)
        except TimeoutError:
            await self._write(call.id, one.id, reason="network", final=False)
        else:
            log.info("recordings.fetched", call=call.id, bytes=stored.size)
            await self._write(call.id, one.id, size=stored.size)

    def _name(self, call: Call, one: KeptRecording) -> str:
        """As people find it again among what they saved: when, and with whom."""
        at = call.facts.started_at.astimezone(ZoneInfo(self._deps.policy.timezone))
        ending = one.attachment().name.rpartition(".")[2]
        return f"{at:%Y-%m-%d_%H-%M-%S}_{call.facts.number.lstrip('+') or call.id[:8]}.{ending}"

    async def _write(
        self, call_id: str, name: str, *, size: int = -1, reason: str = "", final: bool = False
    ) -> None:
        for _ in range(ATTEMPTS):
            call = await self._deps.calls.get(call_id)
            if call is None:
                return
            now: datetime = self._deps.clock.now()
            if size >= 0:
                call.fetched(name, size, now)
            else:
                call.not_fetched(name, reason, now, final=final)
            try:
                await self._deps.calls.save(call)
            except Conflict:
                continue
            await self._follow(call)
            return
        raise StoreDown(what="call", id=call_id)


async def _some(data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """An empty answer is no recording: exchanges give one while they still write."""
    empty = True
    async for chunk in data:
        if chunk:
            empty = False
            yield chunk
    if empty:
        raise FetchFailed("file_not_ready", final=False)
