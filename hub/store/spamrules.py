"""Senders of spam."""

from __future__ import annotations

import time
from collections.abc import Mapping

from hub.domain.spamrules import SpamRule
from hub.store.client import Mongo, repeated
from hub.store.codec import document, struct
from hub.store.rows import put

FRESH = 2.0
"""Seconds for which the rules are not read again: every new case asks for them."""


class SpamRules:
    """See hub.ports.spamrules.SpamRules."""

    def __init__(self, database: Mongo) -> None:
        self._rules = database["spam_rules"]
        self._known: dict[str, SpamRule] | None = None
        self._read_at = 0.0

    async def known(self) -> Mapping[str, SpamRule]:
        """All of them; may be up to two seconds old where another process changed one."""
        known = self._known
        if known is None or time.monotonic() - self._read_at > FRESH:
            asked_at = time.monotonic()
            self._known = known = await self._read()
            self._read_at = asked_at
        return known

    @repeated
    async def _read(self) -> dict[str, SpamRule]:
        return {one["_id"]: struct(SpamRule, one) async for one in self._rules.find()}

    async def put(self, rule: SpamRule) -> None:
        """Insert or replace."""
        await put(self._rules, document(rule))
        self._known = None

    @repeated
    async def drop(self, identity: str) -> None:
        """This sender is as any other."""
        await self._rules.delete_one({"_id": identity})
        self._known = None
