"""What admins set up: quick replies, result codes, case types, first deadlines."""

from __future__ import annotations

from typing import Protocol

from hub.domain.catalog import (
    CaseType,
    FirstDeadline,
    QuickReply,
    ResultCode,
)


class Catalog(Protocol):
    """Quick replies, result codes, case types, first deadlines."""

    async def quick_replies(self, *, deleted: bool = False) -> list[QuickReply]: ...

    async def quick_reply(self, reply_id: str) -> QuickReply | None: ...

    async def put_quick_reply(self, reply: QuickReply, *, new: bool = False) -> None:
        """Insert when `new` (raises Duplicate), else on {_id, rev} (raises Conflict)."""

    async def count_use(self, reply_id: str, month: str) -> None: ...

    async def results(self) -> list[ResultCode]: ...

    async def put_result(self, result: ResultCode) -> None: ...

    async def types(self) -> list[CaseType]: ...

    async def put_type(self, type_: CaseType) -> None: ...

    async def deadlines(self) -> list[FirstDeadline]: ...

    async def put_deadline(self, rule: FirstDeadline) -> None: ...

    async def drop_deadline(self, rule_id: str) -> None: ...
