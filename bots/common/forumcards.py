"""A case as a forum group sees it: the pinned card and the name of its topic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bots.common.callbacks import Press
from bots.common.views import Key, View
from hub.domain.case import Case
from hub.domain.staff import Directory
from hub.domain.status import AT_WORK
from hub.domain.thread import Entry
from hub.ports.texts import Texts

MAX_NAME = 128
"""Characters of a topic's name."""
FIRST_WORDS = 600
"""Characters of the resident's first message that the card itself holds."""


class ForumCards:
    """Draws for everybody. Keys bear no version: what they do is guarded by the state of the case,
    and the card needs no new drawing for every message."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def card(
        self, case: Case, directory: Directory, now: datetime, keys: Sequence[Sequence[Key]]
    ) -> View:
        """Pinned at the head of the topic."""
        text = self._texts.html(
            "bot/operator/forum/card",
            case=case,
            overdue=case.overdue(now),
            operator=directory.name(case.operator) if case.operator else "",
            responsible=directory.name(case.responsible) if case.responsible else "",
            executors=[
                (directory.name(login), case.steps.get(login, "")) for login in case.executors
            ],
            limit=FIRST_WORDS,
        )
        rows = [[Key(key.text, _lasting(key.data), key.url) for key in row] for row in keys]
        return View(text=text, keys=rows, what="card", case=case.number, version=case.version)

    def name(self, case: Case) -> str:
        """`1842 · Ленина 5-12 · Иванов` with a sign of the state before it."""
        return self._texts.render("bot/operator/forum/topic", case=case, sign=sign(case))[:MAX_NAME]


def sign(case: Case) -> str:
    """The state that a topic is named for; several states look alike in a list of topics."""
    if case.status in {"new", "assigned"}:
        return "taken" if case.operator else "new"
    if case.status == "in_progress":
        return "taken"
    return "closed" if case.status == "resolved" else case.status


def ended(case: Case) -> bool:
    """Nobody works on it: its topic is closed."""
    return case.status not in AT_WORK


def on_card(case: Case) -> Entry | None:
    """The message that stands on the card in full, so that it is not said a second time."""
    first = next((one for one in case.thread if one.direction == "in"), None)
    if first is None or first.location or first.shared_contact or first.deleted:
        return None
    whole = first.text == case.text and 0 < len(first.text) <= FIRST_WORDS
    return first if whole and not first.edits else None


def _lasting(data: str) -> str:
    """The same key without the version of the case."""
    carried = Press.unpack(data)
    carried.v = 0
    return carried.pack()
