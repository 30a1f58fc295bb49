"""Faults on demand: what a network and a busy Telegram do to a bot."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

FaultKind = Literal["429", "5xx", "timeout", "lost", "double", "reorder"]
KINDS: tuple[str, ...] = get_args(FaultKind)


@dataclass(slots=True)
class Fault:
    """One rule.

    429      the call is refused with `seconds` as retry_after
    5xx      the call is answered with 502 and not done
    timeout  the call is not done and hangs for `seconds`, then the connection is cut
    lost     the call is done, but the connection is cut instead of an answer
    double   an update is delivered twice
    reorder  updates that wait together are delivered backwards

    `share` is the part of the calls (or updates) that suffers, `count` how many may suffer at
    most (None: until removed), `method` and `bot` (a user name) narrow it down. The method
    `download` stands for fetching a file that getFile told of; it suffers when named alone.
    """

    id: int
    kind: FaultKind
    share: float = 1.0
    count: int | None = None
    method: str = ""
    bot: str = ""
    seconds: float = 3.0

    def json(self) -> dict[str, Any]:
        return asdict(self)


class Faults:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._rules: dict[int, Fault] = {}
        self._last = 0

    def add(self, kind: str, **narrowed: Any) -> Fault:
        """Switch a fault on; raises ValueError for a kind that does not exist."""
        known = next((k for k in get_args(FaultKind) if k == kind), None)
        if known is None:
            raise ValueError(f"no such fault: {kind}")
        self._last += 1
        rule = Fault(self._last, known, **narrowed)
        self._rules[rule.id] = rule
        return rule

    def remove(self, rule_id: int) -> bool:
        return self._rules.pop(rule_id, None) is not None

    def clear(self) -> None:
        self._rules.clear()

    def rules(self) -> list[Fault]:
        return list(self._rules.values())

    def strike(
        self, kinds: tuple[FaultKind, ...], bot: str, method: str = "", *, named: bool = False
    ) -> Fault | None:
        """The fault that befalls this call or update now, if any; counts it. With `named` only
        rules that name the method count."""
        for rule in list(self._rules.values()):
            if rule.kind not in kinds or (rule.bot and rule.bot != bot):
                continue
            if named and not rule.method:
                continue
            if rule.method and rule.method.lower() != method.lower():
                continue
            if rule.share < 1.0 and self._rng.random() >= rule.share:
                continue
            if rule.count is not None:
                rule.count -= 1
                if rule.count <= 0:
                    del self._rules[rule.id]
            return rule
        return None
