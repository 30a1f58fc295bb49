"""What rows that go together took from their budgets, until it is sure that they are sent."""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.message import Outcome
from hub.ports.budget import Budget
from hub.ports.channel import Limit
from hub.ports.outlet import Skip


class Grants:
    """Asks a budget for each of them, and gives back what nothing came of: a turn that nobody
    takes is missing to whoever waits for one. `mark` is one of a kind."""

    def __init__(self, budget: Budget, mark: str) -> None:
        self._budget = budget
        self._mark = mark
        self._taken: dict[int | str, Sequence[Limit]] = {}

    async def ask(self, what: int | str, limits: Sequence[Limit]) -> float:
        """0.0 when it may go, else seconds to wait."""
        wait = await self._budget.spend(limits, f"{self._mark}:{what}")
        if wait <= 0:
            self._taken[what] = limits
        return wait

    async def sent(self, what: int | str, outcome: Outcome | Skip) -> None:
        """This became of it: where nothing was left to say, nothing is used up."""
        limits = self._taken.pop(what, ())
        if isinstance(outcome, Skip) and not outcome.tried:
            await self._budget.give_back(limits, f"{self._mark}:{what}")

    async def give_back(self) -> None:
        """None of them goes now."""
        for what, limits in self._taken.items():
            await self._budget.give_back(limits, f"{self._mark}:{what}")
        self._taken.clear()
