"""Sees every save of a case: when something was to be said or drawn, and when that was done."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from hub.domain.case import Case
from hub.domain.outbox import Row
from tests.support.memory import Memory


@dataclass(frozen=True, slots=True)
class Carried:
    """A row of an outbox from its first save to its end, in seconds of the day."""

    case: int
    kind: str
    to: str
    what: str
    chat: int
    begun: float
    done: float

    @property
    def age(self) -> float:
        return self.done - self.begun


class Witness:
    """Watches the store itself, below every process."""

    def __init__(self, store: Memory) -> None:
        self.carried: list[Carried] = []
        self._waiting: dict[int, dict[int, tuple[float, Row]]] = defaultdict(dict)
        self._watch(store.cases, "open")
        self._watch(store.cases, "save")

    def _watch(self, port: Any, name: str) -> None:
        method = getattr(port, name)

        async def call(case: Case, *rest: Any) -> Any:
            done = await method(case, *rest)
            self._saved(case)
            return done

        setattr(port, name, call)

    def _saved(self, case: Case) -> None:
        now = asyncio.get_running_loop().time()
        waiting = self._waiting[case.number]
        standing = {row.id for row in case.outbox}
        for row in case.outbox:
            waiting.setdefault(row.id, (now, row))
        for ident in [one for one in waiting if one not in standing]:
            begun, row = waiting.pop(ident)
            chat = int(row.data.get("chat", "0"))
            what = row.data.get("what", "")
            self.carried.append(Carried(case.number, row.kind, row.to, what, chat, begun, now))
