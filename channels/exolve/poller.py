"""Asks MTS Exolve what came and how our messages fare, again and again.

Nothing is confirmed to it: it lists everything of the last days at every call. So a message is
looked at until it is kept, and a process that begins anew meets what it knows as repeats.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from channels.exolve import wire
from hub.ports.channel import Accept, Malformed, RawRequest
from hub.ports.clock import Clock
from hub.sms.vendor import Line, Unheard

log = structlog.get_logger(__name__)

EVERY = 15.0
"""Seconds between two looks."""
# A message lives for a day or two; its state may come late.
WINDOW = timedelta(hours=72)
PAGE = 100
PAGES = 100
REMEMBERED = 20_000
PAUSES = (2.0, 5.0, 15.0, 60.0)


class Trouble(Exception):
    """The list was not given, or not kept."""


class ListPoller:
    """A Poller for one account. `trouble` says why nothing comes just now (empty: it does)."""

    def __init__(
        self,
        account: str,
        url: str,
        headers: Mapping[str, str],
        sender: str,
        line: Line,
        clock: Clock,
        *,
        every: float = EVERY,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._account = account
        self._url = url
        self._headers = headers
        self._sender = sender
        self._line = line
        self._clock = clock
        self._every = every
        self._pauses = pauses
        self._seen: OrderedDict[str, None] = OrderedDict()
        self.trouble = ""

    async def listen(self, accept: Accept) -> None:
        """Run until cancelled; goes on by itself after failures."""
        tries = 0
        while True:
            try:
                await self._round(accept)
            except (Unheard, Trouble) as failed:
                self.trouble = str(failed)
                pause = self._pauses[min(tries, len(self._pauses) - 1)]
                tries += 1
                log.warning("polling.pause", account=self._account, why=str(failed), seconds=pause)
                await asyncio.sleep(pause)
            else:
                tries, self.trouble = 0, ""
                await asyncio.sleep(self._every)

    async def _round(self, accept: Accept) -> None:
        since = self._clock.now() - WINDOW
        found: list[dict[str, Any]] = []
        for page in range(PAGES):
            listed = await self._page(since.isoformat(timespec="milliseconds"), page * PAGE)
            found += listed
            if len(listed) < PAGE:
                break
        # The list begins with the newest; what was written first is to be understood first.
        kept = [await self._keep(accept, told) for told in sorted(found, key=_date)]
        if not all(kept):
            raise Trouble("store_down")

    async def _page(self, since: str, offset: int) -> list[dict[str, Any]]:
        answer = await self._line.ask(
            "POST",
            self._url,
            body={"date_gte": since, "limit": PAGE, "offset": offset},
            headers=self._headers,
        )
        if answer.status != 200:
            raise Trouble(f"http {answer.status}")
        return wire.listed(answer.told)

    async def _keep(self, accept: Accept, told: dict[str, Any]) -> bool:
        """Keep what is new; False where it could not be kept."""
        if not wire.worth(told) or not wire.ours(told, self._sender):
            return True
        try:
            name = wire.key(self._account, told).external_id
        except Malformed as odd:
            log.warning("polling.odd", account=self._account, why=str(odd))
            return True
        if name in self._seen:
            return True
        raw = RawRequest(
            account=self._account,
            method="POLL",
            body=msgspec.json.encode(told),
            received_at=self._clock.now(),
        )
        try:
            await accept(raw)
        except Exception as error:
            log.warning("polling.not_kept", account=self._account, error=type(error).__name__)
            return False
        self._seen[name] = None
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True


def _date(told: Mapping[str, Any]) -> str:
    return str(told.get("date") or "")
