"""The one rights table. Bot, web and API ask `may`; nothing else decides who may do what."""

from __future__ import annotations

from typing import Literal, Protocol

from hub.domain.errors import Forbidden
from hub.domain.staff import Actor

Right = Literal[
    "case.read",
    "case.create",
    "case.take",
    "case.assign",
    "case.release",
    "case.transfer",
    "case.reply",
    "case.comment",
    "case.edit",
    "case.people",
    "case.deadline",
    "case.state",
    "case.resolve",
    "case.reject",
    "case.spam",
    "case.reopen",
    "case.retry",
    "case.merge",
    "file.upload",
    "contact.read",
    "contact.edit",
    "contact.merge",
    "quick_reply.use",
    "quick_reply.edit",
    "staff.read",
    "staff.edit",
    "group.edit",
    "result.edit",
    "deadline.edit",
    "hours.edit",
    "house.edit",
    "spam_rule.edit",
    "inbox.read",
    "inbox.replay",
    "call.read",
    "call.all",
    "call.attach",
    "call.dial",
    "callback.work",
    "metrics.read",
]


class CaseLike(Protocol):
    """What the table needs to know of a case."""

    operator: str
    responsible: str
    executors: list[str]


DISPATCH = frozenset({"operator", "supervisor", "admin"})
LEAD = frozenset({"supervisor", "admin"})
ADMIN = frozenset({"admin"})
ALL = frozenset({"operator", "supervisor", "admin", "executor"})

# `mine` rights are also held, on their own cases only, by those who are responsible for a case or
# carry it out, whatever their role.
TABLE: dict[Right, frozenset[str]] = {
    "case.read": DISPATCH,
    "case.create": DISPATCH,
    "case.take": DISPATCH,
    "case.assign": LEAD,
    "case.release": DISPATCH,
    "case.transfer": DISPATCH,
    "case.reply": DISPATCH,
    "case.comment": DISPATCH,
    "case.edit": DISPATCH,
    "case.people": DISPATCH,
    "case.deadline": DISPATCH,
    "case.state": DISPATCH,
    "case.resolve": DISPATCH,
    "case.reject": DISPATCH,
    "case.spam": DISPATCH,
    "case.reopen": DISPATCH,
    "case.retry": DISPATCH,
    "case.merge": DISPATCH,
    "file.upload": ALL,
    "contact.read": DISPATCH,
    "contact.edit": DISPATCH,
    "contact.merge": LEAD,
    "quick_reply.use": DISPATCH,
    "quick_reply.edit": ADMIN,
    "staff.read": DISPATCH,
    "staff.edit": ADMIN,
    "group.edit": ADMIN,
    "result.edit": ADMIN,
    "deadline.edit": ADMIN,
    "hours.edit": ADMIN,
    "house.edit": ADMIN,
    "spam_rule.edit": LEAD,
    "inbox.read": ADMIN,
    "inbox.replay": ADMIN,
    "call.read": DISPATCH,
    "call.all": LEAD,
    "call.attach": DISPATCH,
    "call.dial": DISPATCH,
    "callback.work": DISPATCH,
    "metrics.read": ADMIN,
}
MINE: frozenset[Right] = frozenset({"case.read", "case.comment"})

SCOPES: dict[str, frozenset[Right]] = {
    "cases:read": frozenset({"case.read", "staff.read"}),
    "cases:write": frozenset(right for right in TABLE if right.startswith("case."))
    | {"file.upload"},
    "contacts": frozenset({"contact.read", "contact.edit", "contact.merge"}),
    "quick-replies": frozenset({"quick_reply.use", "quick_reply.edit"}),
    "inbox": frozenset({"inbox.read", "inbox.replay"}),
    "calls": frozenset({"call.read", "call.all", "callback.work"}),
    "admin": frozenset(
        {
            "staff.read",
            "staff.edit",
            "group.edit",
            "result.edit",
            "deadline.edit",
            "hours.edit",
            "house.edit",
            "spam_rule.edit",
            "metrics.read",
        }
    ),
    "*": frozenset(TABLE),
}


def may(actor: Actor, right: Right, case: CaseLike | None = None) -> bool:
    """Say whether the actor holds the right, on this case where one is given."""
    if actor.kind == "system":
        return True
    if actor.kind == "token":
        return any(right in SCOPES.get(scope, frozenset()) for scope in actor.scopes)
    if actor.roles & TABLE[right]:
        return True
    return (
        right in MINE
        and case is not None
        and actor.login in {case.operator, case.responsible, *case.executors}
    )


def require(actor: Actor, right: Right, case: CaseLike | None = None) -> None:
    """Raise Forbidden unless `may`."""
    if not may(actor, right, case):
        if actor.kind == "token":
            raise Forbidden(action=right, scope=_scope_of(right))
        raise Forbidden(action=right)


def _scope_of(right: Right) -> str:
    """The narrowest scope that gives the right."""
    return min((one for one in SCOPES if right in SCOPES[one]), key=lambda one: len(SCOPES[one]))
