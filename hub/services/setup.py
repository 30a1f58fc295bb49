"""What admins set: result codes, case types, first deadlines."""

from __future__ import annotations

from hub.domain.catalog import CaseType, FirstDeadline, ResultCode
from hub.domain.errors import Invalid
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.services.deps import Deps

YEAR_MINUTES = 366 * 24 * 60


class Setup:
    """Reads and writes the catalogue; reading is free for staff."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def results(self, *, active_only: bool = True) -> list[ResultCode]:
        """Result codes in their order."""
        codes = await self._deps.catalog.results()
        return sorted(
            (code for code in codes if code.active or not active_only),
            key=lambda code: (code.order, code.name),
        )

    async def put_result(self, code: ResultCode, by: Actor) -> ResultCode:
        """Add (empty id) or change a result code."""
        require(by, "result.edit")
        if not code.name.strip():
            raise Invalid(field="name", reason="required")
        code.id = code.id or self._deps.ids.new()
        await self._deps.catalog.put_result(code)
        return code

    async def types(self) -> list[CaseType]:
        """Case types in their order."""
        return sorted(await self._deps.catalog.types(), key=lambda one: (one.order, one.name))

    async def put_type(self, type_: CaseType, by: Actor) -> CaseType:
        """Add (empty id) or change a type."""
        require(by, "result.edit")
        if not type_.name.strip():
            raise Invalid(field="name", reason="required")
        type_.id = type_.id or self._deps.ids.new()
        await self._deps.catalog.put_type(type_)
        return type_

    async def deadlines(self) -> list[FirstDeadline]:
        """Rules for the first deadline."""
        return await self._deps.catalog.deadlines()

    async def put_deadline(self, rule: FirstDeadline, by: Actor) -> FirstDeadline:
        """Add (empty id) or change a rule."""
        require(by, "deadline.edit")
        if not 1 <= rule.minutes <= YEAR_MINUTES:
            raise Invalid(field="minutes", reason="range", low=1, high=YEAR_MINUTES)
        rule.id = rule.id or self._deps.ids.new()
        await self._deps.catalog.put_deadline(rule)
        return rule

    async def drop_deadline(self, rule_id: str, by: Actor) -> None:
        """Take a rule away."""
        require(by, "deadline.edit")
        await self._deps.catalog.drop_deadline(rule_id)
