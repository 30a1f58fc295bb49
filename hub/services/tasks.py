"""What executors do with a case that they carry out."""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.case import Case
from hub.domain.case.facts import TaskStep
from hub.domain.errors import Invalid
from hub.domain.staff import Actor
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.replies import Replies


class Tasks:
    """Who is not among the executors of a case is refused. What they write are comments: the
    resident never sees it as it is."""

    def __init__(self, deps: Deps, book: Casebook, replies: Replies) -> None:
        self._deps = deps
        self._book = book
        self._replies = replies

    async def advance(
        self, number: int, step: TaskStep, by: Actor, *, expect: int | None = None
    ) -> Case:
        """Taken on, on the way, on the place."""
        return await self._book.change(
            number,
            lambda case: case.advance(step, by, self._deps.clock.now()),
            by=by,
            right="case.comment",
            expect=expect,
        )

    async def finish(
        self, number: int, by: Actor, *, text: str, files: Sequence[str], key: str
    ) -> Case:
        """The work is done; a text or a photo says what was done."""
        await self._replies.comment(number, by, text, files=files, key=key)
        return await self.advance(number, "done", by)

    async def decline(self, number: int, by: Actor, *, reason: str, key: str) -> Case:
        """Cannot do it, and why. Said first, since afterwards they have no part in the case; a
        repeat finds the work given back already."""
        if not reason.strip():
            raise Invalid(field="reason", reason="required")
        case = await self._book.load(number)
        if by.login not in case.executors:
            return case
        await self._replies.comment(number, by, reason, key=key)
        return await self._book.change(
            number,
            lambda case: case.decline(by, self._deps.clock.now()),
            by=by,
            right="case.comment",
        )
