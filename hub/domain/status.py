"""The states of a case and which change leads from which to which."""

from __future__ import annotations

from typing import Literal

Status = Literal[
    "new",
    "assigned",
    "in_progress",
    "waiting",
    "deferred",
    "resolved",
    "closed",
    "rejected",
    "spam",
    "merged",
]
STATUSES: tuple[Status, ...] = (
    "new",
    "assigned",
    "in_progress",
    "waiting",
    "deferred",
    "resolved",
    "closed",
    "rejected",
    "spam",
    "merged",
)
ENDED: frozenset[Status] = frozenset({"closed", "rejected", "spam", "merged"})
AT_WORK: frozenset[Status] = frozenset({"new", "assigned", "in_progress", "waiting", "deferred"})

# What may be done in which state. Anything that is not named here asks for a state at work.
ALLOWED: dict[str, frozenset[Status]] = {
    "take": AT_WORK,
    "assign": AT_WORK,
    "release": AT_WORK,
    "transfer": AT_WORK,
    "reply": AT_WORK | {"resolved"},
    "wait": AT_WORK,
    "defer": AT_WORK,
    "resolve": AT_WORK,
    "close": AT_WORK | {"resolved"},
    "reject": AT_WORK,
    "spam": AT_WORK | {"resolved", "closed", "rejected"},
    "unspam": frozenset({"spam"}),
    "reopen": frozenset({"resolved", "closed", "rejected"}),
    "rate": frozenset({"resolved", "closed"}),
    "merge": AT_WORK | {"resolved"},
    "unmerge": frozenset({"merged"}),
    "deadline": AT_WORK,
    "responsible": AT_WORK,
    "executors": AT_WORK,
    "type": AT_WORK | {"resolved"},
    "edit": AT_WORK | {"resolved"},
    "comment": frozenset(STATUSES),
    "retry": frozenset(STATUSES) - {"merged"},
}
