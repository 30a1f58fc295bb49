"""Twin of the senders of spam."""

from __future__ import annotations

from collections.abc import Mapping

from hub.domain.spamrules import SpamRule
from tests.support.memory.table import Table


class MemorySpamRules:
    def __init__(self) -> None:
        self._rows = Table(SpamRule)

    async def known(self) -> Mapping[str, SpamRule]:
        return {rule.id: rule for rule in self._rows}

    async def put(self, rule: SpamRule) -> None:
        self._rows.put(rule)

    async def drop(self, identity: str) -> None:
        self._rows.drop(identity)
