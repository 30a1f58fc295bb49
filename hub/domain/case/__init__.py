"""Case, the heart of the house: what a case is and what may happen to it.

Every method that changes something returns what happened (events); hub.services.reactions turns
events into outbox rows, and one save keeps state, thread, history and outbox together.
"""

from __future__ import annotations

from hub.domain.case.facts import REOPEN_DAYS, CaseFacts, ContactRef, Result
from hub.domain.case.guests import CaseGuests
from hub.domain.case.moves import author
from hub.domain.case.outgoing import progress

__all__ = [
    "REOPEN_DAYS",
    "Case",
    "CaseFacts",
    "ContactRef",
    "Result",
    "author",
    "progress",
]


class Case(CaseGuests, kw_only=True):
    """Something a resident wants answered by a deadline, whole: its facts (`CaseFacts` names and
    explains the fields) and all that may happen to it, one file per theme."""
