"""What forum groups must show after something happened to a case, and whom they spare a notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.domain.case import Case
from hub.domain.events import DeliveryChanged, Escalated, Event, Revised, Transferred
from hub.domain.forum import ForumPlace
from hub.domain.staff import Directory

# What everybody in a place sees there. What makes something theirs, an answer of theirs that did
# not arrive, and a call for help are told in private as well.
TOLD_THERE = frozenset(
    {
        "new",
        "released",
        "transferred_group",
        "reopened",
        "message",
        "edited",
        "file",
        "comment",
        "overdue",
    }
)


def forum_rows(case: Case, events: Sequence[Event], directory: Directory, now: datetime) -> None:
    """One row for the place of the case, however much happened: it draws what is so then."""
    if not events or not directory.forums:
        return
    place = directory.forum_of(case.group, case.number)
    places = [place] if place is not None else []
    for event in events:
        if isinstance(event, Transferred) and event.group:
            # Where it was, its topic says goodbye; which of them that is, they know themselves.
            places += [one for one in directory.forums.values() if one.works]
        elif isinstance(event, Escalated) and event.group:
            called = directory.forum_of(event.group, case.number)
            places += [called] if called is not None else []
    for one in {one.id: one for one in places}.values():
        show(case, one, now)
    if place is None:
        return
    for event in events:
        if isinstance(event, DeliveryChanged | Revised):
            case.follow(
                "topic_mark",
                f"forum:{place.id}:{event.entry}",
                now,
                account=place.account,
                entry=event.entry,
                data={"place": place.id},
            )


def show(case: Case, place: ForumPlace, now: datetime) -> None:
    """The place shows what is so with the case."""
    case.follow("topic", f"forum:{place.id}", now, account=place.account, data={"place": place.id})


def told_in_forum(case: Case, login: str, what: str, directory: Directory) -> bool:
    """The person reads this in the forum group of the case: no notice of its own is needed."""
    if what not in TOLD_THERE or not directory.forums or login in case.executors:
        return False
    place = directory.forum_of(case.group, case.number)
    return place is not None and login in place.members
