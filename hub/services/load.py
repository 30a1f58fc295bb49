"""How much everybody has to do, for those who hand out work."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hub.ports.cases import CaseFilter, Cases

MOST = 200
"""Open cases of one person that are counted; who has more has too many."""


class Load(msgspec.Struct, frozen=True):
    """`open`: cases somebody answers for. `tasks`: what they are to carry out and have not done."""

    open: int = 0
    tasks: int = 0


async def loads(cases: Cases, logins: Iterable[str]) -> dict[str, Load]:
    """The load of each of these people."""
    found = {}
    for login in filter(None, dict.fromkeys(logins)):
        wanted = CaseFilter(view="mine", login=login, ended=False)
        page = await cases.page(wanted, None, MOST)
        found[login] = Load(
            open=sum(login in {case.operator, case.responsible} for case in page.items),
            tasks=sum(
                login in case.executors and case.steps.get(login) != "done" for case in page.items
            ),
        )
    return found
