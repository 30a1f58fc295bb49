"""Letters: what is sent without a case, with the same manners as the outbox of a case."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

import structlog

from hub.domain.message import Accepted, Deferred, Outcome, Unsure
from hub.domain.outbox import PAUSES, Letter
from hub.ports.channel import Limit
from hub.ports.outlet import LetterOutlet, Skip
from hub.services.deps import Deps
from hub.services.grants import Grants
from hub.services.relay import PATIENCE, ROUNDS
from hub.services.settling import MAX_TRIES

log = structlog.get_logger()


class Postman:
    """Brings letters, to each recipient in order."""

    def __init__(
        self, deps: Deps, outlets: Mapping[str, LetterOutlet], *, parallel: int = 128
    ) -> None:
        self._deps = deps
        self._outlets = outlets
        self._slots = asyncio.Semaphore(parallel)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Wait for no budget any more: letters that may not go now are given back."""
        self._stopping.set()

    async def post(self, recipients: Sequence[str]) -> None:
        """Send what waits for these recipients."""
        await asyncio.gather(*(self._guarded(to) for to in dict.fromkeys(recipients)))

    async def _guarded(self, to: str) -> None:
        async with self._slots:
            try:
                await self._round(to)
            except Exception:
                # The letter stays leased or due; the sweeper comes back to it.
                log.exception("postman.round")

    async def _round(self, to: str) -> None:
        rounds = ROUNDS
        while True:
            now = self._deps.clock.now()
            me = self._deps.ids.new()
            letter = await self._deps.letters.claim(to, me, now, self._deps.policy.lease)
            if letter is None:
                return
            outlet = self._outlets[letter.kind]
            limits = self._limits(letter)
            grants = Grants(self._deps.budget, me)
            wait = await grants.ask(letter.id, limits)
            while 0 < wait <= PATIENCE and not self._stopping.is_set():
                await self._wait(wait)
                wait = await grants.ask(letter.id, limits)
            if wait > 0:
                letter.state, letter.lease, letter.by = "waiting", None, ""
                letter.due = now + timedelta(seconds=wait)
                letter.tries = max(letter.tries - 1, 0)
                await self._deps.letters.settle(letter)
                return
            outcome = await self._send(outlet, letter)
            await grants.sent(letter.id, outcome)
            await self._settle(letter, outcome)
            put_off = (letter.due - self._deps.clock.now()).total_seconds()
            if letter.state == "waiting" and rounds and 0 < put_off <= PATIENCE:
                rounds -= 1
                await self._wait(put_off)

    async def _wait(self, seconds: float) -> None:
        """Until then, or until the process is to stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def _limits(self, letter: Letter) -> Sequence[Limit]:
        try:
            return self._outlets[letter.kind].limits(letter)
        except Exception:
            # The attempt itself says what is wrong with this letter; those behind it go on.
            log.exception("postman.limits", letter=letter.id, kind=letter.kind)
            return ()

    async def _send(self, outlet: LetterOutlet, letter: Letter) -> Outcome | Skip:
        try:
            async with asyncio.timeout(self._deps.policy.lease * 0.45):
                return await outlet.send(letter)
        except TimeoutError:
            return Unsure("timeout")
        except Exception:
            # An outlet's bug: what it did is not known.
            log.exception("postman.send", letter=letter.id, kind=letter.kind)
            return Unsure("internal")

    async def _settle(self, letter: Letter, outcome: Outcome | Skip) -> None:
        letter.lease, letter.by = None, ""
        if isinstance(outcome, Deferred) and (outcome.scope != "row" or letter.tries < MAX_TRIES):
            letter.state, letter.reason = "waiting", outcome.reason
            pause = PAUSES[min(max(letter.tries, 1), len(PAUSES)) - 1]
            if outcome.scope != "row":
                pause, letter.tries = 0, max(letter.tries - 1, 0)
                await self._pause(letter, outcome)
            letter.due = self._deps.clock.now() + timedelta(seconds=max(outcome.after, pause))
        elif isinstance(outcome, Accepted | Skip):
            letter.state = "sent"
        else:
            letter.state = "uncertain" if isinstance(outcome, Unsure) else "failed"
            letter.reason = outcome.reason
            log.warning(
                "letter.undelivered",
                letter=letter.id,
                kind=letter.kind,
                state=letter.state,
                reason=letter.reason,
            )
        await self._deps.letters.settle(letter)

    async def _pause(self, letter: Letter, outcome: Deferred) -> None:
        limits = list(self._limits(letter))
        for limit in limits[:1] if outcome.scope == "account" else limits[-1:]:
            await self._deps.budget.pause(limit.name, outcome.after)
