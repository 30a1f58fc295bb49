"""Which actions a page offers: the rights table and the states of a case together."""

from __future__ import annotations

from dataclasses import dataclass

from hub.domain.rights import Right, may
from hub.domain.staff import Actor
from hub.domain.status import ALLOWED
from hub.services.views import CaseView

# action → (right, what ALLOWED calls it)
RIGHTS: dict[str, tuple[Right, str]] = {
    "take": ("case.take", "take"),
    "assign": ("case.assign", "assign"),
    "release": ("case.release", "release"),
    "transfer": ("case.transfer", "transfer"),
    "return": ("case.transfer", "transfer"),
    "reply": ("case.reply", "reply"),
    "comment": ("case.comment", "comment"),
    "retry": ("case.retry", "retry"),
    "edit": ("case.edit", "edit"),
    "type": ("case.edit", "type"),
    "deadline": ("case.deadline", "deadline"),
    "responsible": ("case.people", "responsible"),
    "executors": ("case.people", "executors"),
    "wait": ("case.state", "wait"),
    "defer": ("case.state", "defer"),
    "resolve": ("case.resolve", "resolve"),
    "close": ("case.state", "close"),
    "reject": ("case.reject", "reject"),
    "spam": ("case.spam", "spam"),
    "unspam": ("case.spam", "unspam"),
    "trust": ("case.spam", "take"),
    "reopen": ("case.reopen", "reopen"),
    "guest": ("case.reply", "comment"),
    "merge": ("case.merge", "merge"),
    "unmerge": ("case.merge", "unmerge"),
}


@dataclass
class Whose:
    """Whose a shown case is, for the rights table."""

    operator: str
    responsible: str
    executors: list[str]

    @classmethod
    def of(cls, case: CaseView) -> Whose:
        return cls(
            case.operator.login if case.operator else "",
            case.responsible.login if case.responsible else "",
            [person.login for person in case.executors],
        )


def allowed(case: CaseView, actor: Actor) -> set[str]:
    """The actions this person may take on this case as it is now."""
    whose = Whose.of(case)
    found = {
        action
        for action, (right, name) in RIGHTS.items()
        if case.status in ALLOWED[name] and may(actor, right, whose)
    }
    # Pointless ones are not offered.
    if whose.operator and whose.operator != actor.login:
        found.discard("take")
    if not whose.operator:
        found.discard("release")
    if not (case.offered_by and whose.operator == actor.login):
        found.discard("return")
    if case.status == "waiting":
        found.discard("wait")
    asked = [line.action for line in case.history if line.action in {"suspected", "trusted"}]
    if asked[-1:] != ["suspected"]:
        found.discard("trust")
    return found
