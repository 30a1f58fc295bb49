"""Where outbox rows and letters leave: one outlet per row kind, registered in wiring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from hub.domain.case import Case
from hub.domain.message import Action, Edit, Inbound, Outcome
from hub.domain.outbox import Letter, Row
from hub.ports.channel import Limit


class Skip(msgspec.Struct, frozen=True):
    """Nothing is left to say (the card shows it already, the person is gone). `tried`: that is
    what the provider answered, so its budget is spent; otherwise it is given back."""

    tried: bool = False


class Outlet(Protocol):
    """Carries rows of its kinds.

    `send` never raises for what the provider does. A row whose earlier attempt may have gone out
    has `repeat` set: an outlet that cannot send it harmlessly again answers Unsure.
    """

    def limits(self, case: Case, row: Row) -> Sequence[Limit]: ...

    async def send(self, case: Case, row: Row) -> Outcome | Skip: ...


class LetterOutlet(Protocol):
    """Carries letters."""

    def limits(self, letter: Letter) -> Sequence[Limit]: ...

    async def send(self, letter: Letter) -> Outcome | Skip: ...


class Conversation(Protocol):
    """Understands what is not a message: actions of residents, updates of staff bots."""

    async def handle(self, row_id: str, account: str, body: bytes) -> None:
        """Handle one kept update of a staff bot. May be called again with the same row after a
        crash: what it causes has keys made of `row_id`."""


class ResidentConversation(Protocol):
    """Answers what residents press and command, on any channel that has buttons or commands."""

    async def handle(self, action: Action, row_id: str) -> None:
        """Handle one action. May be called again with the same row after a crash."""

    async def answers(self, message: Inbound, row_id: str) -> bool:
        """Take a message that answers what its sender was asked; False if it does not, and is to
        be filed. May be called again with the same row after a crash."""

    async def corrects(self, edit: Edit, row_id: str) -> bool:
        """Take the change of a message that was taken by `answers`; False if it is none. May be
        called again with the same row after a crash."""
