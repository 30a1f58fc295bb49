"""Cards of cases in the resident app."""

from __future__ import annotations

import msgspec

from hub.domain.case import Case
from hub.services import appnews
from hub.services.appnews import Position
from hub.services.appreader import Dialogue, Line, Reader, fresh_lines
from hub.services.appviews import (
    AppCase,
    AppMessage,
    can_view,
    message_view,
    state_view,
    title_view,
    waits,
)
from hub.services.services import Services
from hub.services.statuscard import status_words


class AppCards:
    """Shows cases and lines to their resident."""

    def __init__(self, services: Services) -> None:
        self._deps = services.deps
        self._hours = services.hours

    async def card(self, reader: Reader, talk: Dialogue) -> AppCase:
        """A case, with the position at which the stream stands for it."""
        case, face = talk.case, _face(talk)
        lines = fresh_lines(talk, reader)
        shown = [self.message(line, reader) for line in lines]
        language = case.contact.language or "ru"
        state = state_view(face, talk.joined)
        soon = state in {"accepted", "working"} and face.deadline is not None
        words = await status_words(self._deps, self._hours, face, language)
        card = AppCase(
            number=case.number,
            state=state,
            status_text="" if talk.joined is not None else words,
            title=title_view(case, lines),
            premises=case.premises,
            answer_by=face.deadline
            if soon and face.deadline and face.deadline > self._deps.clock.now()
            else None,
            can=can_view(case, face, talk.joined),
            rating=case.rating,
            unread=sum(waits(line.entry, reader) for line in lines),
            last=shown[-1] if shown else None,
            continues=case.linked or None,
            joined=talk.joined,
            created_at=case.created_at,
            updated_at=max([case.created_at, *(one.at for one in shown)]),
            position="",
        )
        marks = appnews.ends(talk)
        recent = [self.message(line, reader) for line in appnews.recent(lines, marks)]
        place = Position(marks, appnews.digest(card), appnews.digest(*recent))
        return msgspec.structs.replace(card, position=str(place))

    def message(self, line: Line, reader: Reader) -> AppMessage:
        """One line of the dialogue."""
        return message_view(line, reader, self._deps.policy)


def _face(talk: Dialogue) -> Case:
    """The case as its resident is to see it: of spam they see nothing, and of a case that was
    joined to another person's how that one stands."""
    case = talk.case
    if talk.joined is None and len(talk.docs) > 1:
        last = talk.docs[-1]
        case = msgspec.structs.replace(
            case,
            status=last.status,
            before=last.before,
            operator=last.operator,
            deadline=last.deadline,
            history=last.history,
        )
    if case.status in {"spam", "merged"}:
        return msgspec.structs.replace(case, status=case.before or "new")
    return case
