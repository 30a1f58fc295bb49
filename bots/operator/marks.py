"""⏳ under an operator's answer, until its delivery is known."""

from __future__ import annotations

from bots.common.entries import Entries
from bots.common.talk import Talk
from bots.common.views import View
from hub.domain.case import Case
from hub.domain.thread import Entry


def _view(talk: Talk, case: Case, entry: Entry, *, told: bool) -> View:
    return Entries(talk.services.deps.texts).mark(case, entry, talk.language, told=told)


def mark_under(talk: Talk, case: Case, entry: Entry, message: int) -> None:
    """A small message under the operator's own."""
    talk.say(_view(talk, case, entry, told=False), reply_to=message)


def mark_here(talk: Talk, case: Case, entry: Entry) -> None:
    """The menu that was pressed becomes the mark, with what was sent above it."""
    talk.replace(_view(talk, case, entry, told=True))
