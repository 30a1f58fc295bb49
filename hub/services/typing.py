"""Somebody writes just now: told to who looks, kept nowhere."""

from __future__ import annotations

from hub.domain.case import Case
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.ports.live import LiveEvent
from hub.services.casebook import Casebook
from hub.services.deps import Deps


class Typing:
    """What a channel passes on of it is a capability."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def staff(self, number: int, by: Actor) -> None:
        """Staff write an answer; the resident sees it where the channel shows it."""
        case = await self._book.load(number)
        require(by, "case.reply", case)
        if self._passes(case):
            await self._tell(case, by.login)

    def _passes(self, case: Case) -> bool:
        sender = self._deps.senders.get(case.address.account) if case.address else None
        return sender is not None and sender.caps.typing

    async def _tell(self, case: Case, by: str) -> None:
        await self._deps.live.publish(
            LiveEvent(
                case=case.number,
                version=case.version,
                what=["typing"],
                by=by,
                contact=case.contact.id,
            )
        )
