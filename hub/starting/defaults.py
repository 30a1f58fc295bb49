"""The catalogue a new house begins with. What is there already is left as it is."""

from __future__ import annotations

from importlib.resources import files

import msgspec

from hub.domain.catalog import CaseType, FirstDeadline, ResultCode
from hub.domain.staff import Group
from hub.services.deps import Deps


class Defaults(msgspec.Struct, frozen=True):
    """Read from defaults.json."""

    types: list[CaseType]
    results: list[ResultCode]
    deadlines: list[FirstDeadline]
    groups: list[Group]


def read() -> Defaults:
    """The packaged catalogue."""
    return msgspec.json.decode(
        (files("hub.starting") / "defaults.json").read_bytes(), type=Defaults
    )


async def install(deps: Deps) -> bool:
    """Fill each empty part of the catalogue; True if anything was added. Safe to repeat."""
    defaults = read()
    added = False
    if not await deps.catalog.types():
        for type_ in defaults.types:
            await deps.catalog.put_type(type_)
        added = True
    if not await deps.catalog.results():
        for result in defaults.results:
            await deps.catalog.put_result(result)
        for rule in defaults.deadlines:
            await deps.catalog.put_deadline(rule)
        added = True
    if not (await deps.staff.directory()).groups:
        for group in defaults.groups:
            await deps.staff.put_group(group)
        deps.staff.forget()
        added = True
    return added
