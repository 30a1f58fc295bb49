"""Genuine input, made up: what a channel's provider would send, for trying and measuring.

`channels/<kind>/trial.py` is such a module, found by discovery. It is for made-up accounts alone:
its secrets stand in the source.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from hub.ports.channel import RawRequest


class Trial(Protocol):
    """`OPTIONS`: settings of an account of this kind, with which it takes in what `request` makes
    and asks no provider for anything."""

    OPTIONS: Mapping[str, object]

    def request(self, account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
        """Event `number` (unique in the account) of resident `who`, proven, as it comes in: to the
        account's address, or (method POLL) as a poller hands it on. Where the channel knows words,
        it is a message with `text`; a telephone exchange tells of a call."""
