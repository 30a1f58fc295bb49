"""What a resident hears when their case is rejected: a message of its own, which rings where a
status card is changed without a sound, and comes where there is no card at all."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case import Case
from hub.domain.events import Event
from hub.domain.staff import Actor
from hub.services.deps import Deps


def hears(case: Case, deps: Deps) -> bool:
    """Whether there is anybody to tell, and a way to: somebody asked for something (neither a
    program nor who was written to first and kept silent), over a channel that answers."""
    wrote = any(one.direction == "in" and not one.automatic for one in case.thread)
    asked = wrote or (case.direction == "in" and not case.automatic)
    return asked and case.address is not None and case.address.account in deps.senders


def tell(case: Case, by: Actor, now: datetime, deps: Deps) -> list[Event]:
    """The number and the reason, in the resident's language; saved with the rejection itself."""
    if not hears(case, deps):
        return []
    text = deps.texts.render(
        "reply/rejected", case.contact.language or "ru", number=case.number, reason=case.reason
    )
    return case.reply(
        text.strip(),
        [],
        by,
        now,
        key=f"rejected:{case.number}:{case.version}",
        automatic=True,
        event="rejected",
    )
