"""Durable long polling: an update is kept before its marker is confirmed to MAX.

«All previous updates are considered committed after passing `marker`»: MAX itself remembers how
far we are, and gives a new process what came since. So the marker moves only when everything
before it is kept, and nothing of it need be stored here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec
import structlog

from channels.max import shapes
from channels.max.api import Api, Cut, Refused, Unreached
from channels.max.ids import Ids
from hub.ports.channel import Accept, Malformed, RawRequest
from hub.ports.clock import Clock

log = structlog.get_logger(__name__)

# What is asked for; other kinds of events say nothing to the hub.
TYPES = (
    "message_created",
    "message_callback",
    "message_edited",
    "message_removed",
    "bot_started",
    "bot_stopped",
)
LIMIT = 100
WAIT = 25
# Longer than `WAIT`: the server answers an empty list by itself.
GRACE = 10.0
# Two requests a second are allowed.
APART = 0.5
# Seconds between tries while something is wrong; the last one repeats.
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class NotKept(Exception):
    """The store did not take an update (the batch is asked for again)."""


class MaxPoller:
    """A Poller for one account. `trouble` says why nothing comes just now (empty: it does)."""

    def __init__(
        self,
        ids: Ids,
        api: Api,
        clock: Clock,
        *,
        wait: int = WAIT,
        apart: float = APART,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._ids = ids
        self._api = api
        self._clock = clock
        self._wait = wait
        self._apart = apart
        self._pauses = pauses
        self._marker: int | None = None
        self._asked = 0.0
        self.trouble = ""

    async def listen(self, accept: Accept) -> None:
        """Run until cancelled; goes on by itself after every failure of server or store."""
        tries, free = 0, False
        while True:
            after = 0.0
            try:
                if not free:
                    await self._unhook()
                    free = True
                await self._round(accept)
            except Refused as refused:
                why, after = f"http {refused.status} {refused.code}".strip(), refused.after
                # Somebody set a webhook meanwhile: it must go, or nothing ever comes.
                free = refused.status not in {405, 409}
            except (Unreached, Cut, NotKept) as failed:
                why = f"{type(failed).__name__}: {failed}"
            else:
                tries, self.trouble = 0, ""
                continue
            self.trouble = why
            pause = max(after, self._pauses[min(tries, len(self._pauses) - 1)])
            tries += 1
            log.warning("polling.pause", account=self._ids.account, why=why, seconds=pause)
            await asyncio.sleep(pause)

    async def _unhook(self) -> None:
        """While a webhook stands, nothing comes by polling."""
        found = await self._api.object("GET", "/subscriptions")
        subscriptions = found.get("subscriptions")
        for one in subscriptions if isinstance(subscriptions, list) else []:
            url = one.get("url") if isinstance(one, dict) else None
            if isinstance(url, str):
                host = urlsplit(url).hostname
                log.warning("polling.unhooked", account=self._ids.account, host=host)
                await self._api.call("DELETE", "/subscriptions", {"url": url})

    async def _round(self, accept: Accept) -> None:
        found = await self._ask()
        lanes: dict[str, list[bytes]] = {}
        for body in map(bytes, found.updates):
            try:
                lanes.setdefault(self._ids.key(body).lane, []).append(body)
            except Malformed:
                # No event at all, so there is nothing that could be kept under a name.
                log.warning("polling.no_update", account=self._ids.account, bytes=len(body))
        # People side by side, each in their own order.
        kept = await asyncio.gather(*(self._keep(accept, rows) for rows in lanes.values()))
        if not all(kept):
            raise NotKept("store_down")
        if found.marker is not None:
            self._marker = found.marker

    async def _keep(self, accept: Accept, rows: list[bytes]) -> bool:
        """Keep the updates of one person; False where one was not kept."""
        for body in rows:
            raw = RawRequest(
                account=self._ids.account, method="POLL", body=body, received_at=self._clock.now()
            )
            try:
                await accept(raw)
            except Exception as error:
                name = type(error).__name__
                log.warning("polling.not_kept", account=self._ids.account, error=name)
                return False
        return True

    async def _ask(self) -> shapes.Batch:
        await self._slow()
        params = {"limit": str(LIMIT), "timeout": str(self._wait), "types": ",".join(TYPES)}
        if self._marker is not None:
            params["marker"] = str(self._marker)
        content = await self._api.call("GET", "/updates", params, timeout=self._wait + GRACE)
        try:
            return shapes.batch.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Cut("unreadable") from None

    async def _slow(self) -> None:
        loop = asyncio.get_running_loop()
        early = self._asked + self._apart - loop.time()
        if early > 0:
            await asyncio.sleep(early)
        self._asked = loop.time()
