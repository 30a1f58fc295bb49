"""What did not reach residents, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from hub.domain.failure import Failure
from hub.ports.paging import Page


class FailureFilter(msgspec.Struct, kw_only=True, frozen=True):
    """Empty: no condition. `operator`: the case is this login's."""

    channel: str = ""
    reason: str = ""
    operator: str = ""


class FailureCount(msgspec.Struct, kw_only=True, frozen=True):
    """How many of one channel failed for one reason."""

    channel: str
    reason: str
    count: int


class Failures(Protocol):
    """One row per outgoing message that is stuck."""

    async def put(self, failure: Failure) -> None:
        """Insert or replace by id."""

    async def drop(self, ids: Sequence[str]) -> int:
        """These are nobody's worry any more; says how many there were."""

    async def get(self, failure_id: str) -> Failure | None: ...

    async def page(
        self, filter: FailureFilter, cursor: str | None, limit: int
    ) -> Page[Failure]: ...

    async def count(self, most: int) -> int:
        """How many there are; counting ends at `most`."""

    async def counts(self) -> list[FailureCount]:
        """All of them by channel and reason, most first."""
