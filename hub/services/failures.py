"""What did not reach residents: seen, sent again, sent elsewhere, let be."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hub.domain.case import Case
from hub.domain.errors import HubError, NoAddress, NotFound
from hub.domain.failure import Failure
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.ports.failures import FailureCount, FailureFilter
from hub.ports.paging import Page
from hub.services.addresses import Way, ways_of
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.replies import Replies

AT_ONCE = 200
"""Rows that one press works off."""


class Refused(msgspec.Struct, frozen=True):
    """One of several that could not be worked off, and why."""

    id: str
    refusal: HubError


class Failures:
    """What staff see and do about it."""

    def __init__(self, deps: Deps, book: Casebook, replies: Replies) -> None:
        self._deps = deps
        self._book = book
        self._replies = replies

    async def page(
        self,
        by: Actor,
        *,
        channel: str = "",
        reason: str = "",
        operator: str = "",
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Failure]:
        """Newest first."""
        require(by, "case.retry")
        wanted = FailureFilter(channel=channel, reason=reason, operator=operator)
        return await self._deps.failures.page(wanted, cursor, limit)

    async def counts(self, by: Actor) -> list[FailureCount]:
        """By channel and reason."""
        require(by, "case.retry")
        return await self._deps.failures.counts()

    async def get(self, failure_id: str, by: Actor) -> Failure:
        """One of them, or NotFound."""
        require(by, "case.retry")
        found = await self._deps.failures.get(failure_id)
        if found is None:
            raise NotFound(what="message", id=failure_id)
        return found

    async def ways(self, failure: Failure, by: Actor) -> list[Way]:
        """How else the same person might be reached, with why not where not."""
        require(by, "case.retry")
        ways = await ways_of(self._deps, await self._book.load(failure.case))
        return [way for way in ways if way.identity != failure.to]

    async def retry(self, failure_id: str, by: Actor, *, to: str = "") -> Case:
        """Send it again, perhaps to another identity (`to` is its key)."""
        failure = await self.get(failure_id, by)
        case = await self._replies.retry(failure.case, failure.entry, by, to=to)
        # The outbox does that as well; whoever pressed shall not see it any more.
        await self._deps.failures.drop([failure.id])
        return case

    async def retry_many(
        self, ids: Sequence[str], by: Actor, *, channel: str = ""
    ) -> tuple[int, list[Refused]]:
        """Send these again, or, with `channel`, each by that channel where its resident can be
        reached there. Says how many go, and which do not."""
        require(by, "case.retry")
        done, refused = 0, []
        for name in list(dict.fromkeys(ids))[:AT_ONCE]:
            try:
                to = await self._by_channel(name, by, channel) if channel else ""
                await self.retry(name, by, to=to)
                done += 1
            except HubError as refusal:
                refused.append(Refused(name, refusal))
        return done, refused

    async def dismiss(self, ids: Sequence[str], by: Actor) -> int:
        """Let these be: they leave the list, the history of their cases says who did it."""
        require(by, "case.retry")
        done = 0
        for name in list(dict.fromkeys(ids))[:AT_ONCE]:
            failure = await self._deps.failures.get(name)
            if failure is None:
                continue
            await self._let_be(failure, by)
            await self._deps.failures.drop([name])
            done += 1
        return done

    async def _let_be(self, failure: Failure, by: Actor) -> None:
        now = self._deps.clock.now()
        await self._book.change(
            failure.case,
            lambda case: case.let_be(failure.entry, by, now),
            by=by,
            right="case.retry",
        )

    async def _by_channel(self, failure_id: str, by: Actor, channel: str) -> str:
        failure = await self.get(failure_id, by)
        for way in await self.ways(failure, by):
            if way.channel == channel and way.address is not None and not way.unreachable:
                return way.identity
        raise NoAddress(number=failure.case)
