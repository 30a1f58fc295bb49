"""Senders of spam, kept. Few: they are read whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from hub.domain.spamrules import SpamRule


class SpamRules(Protocol):
    """By the key of an identity."""

    async def known(self) -> Mapping[str, SpamRule]:
        """All of them; may be up to two seconds old where another process changed one."""

    async def put(self, rule: SpamRule) -> None:
        """Insert or replace."""

    async def drop(self, identity: str) -> None:
        """This sender is as any other."""
