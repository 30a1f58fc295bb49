"""What happened to a case, in the past tense. Reactions (hub.services.reactions) follow them."""

from __future__ import annotations

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all events; `by` is the login of who did it, empty for residents and the system."""

    by: str = ""


class CaseOpened(Event, frozen=True, kw_only=True):
    """A new case stands; `entry` is its first message, 0 when it was made without one."""

    entry: int = 0


class MessageReceived(Event, frozen=True, kw_only=True):
    """The resident wrote."""

    entry: int


class GuestWrote(Event, frozen=True, kw_only=True):
    """Somebody else than the applicant wrote about the case; staff are to say whether it belongs
    here."""

    entry: int


class MessageEdited(Event, frozen=True, kw_only=True):
    """The resident changed a message."""

    entry: int


class Reopened(Event, frozen=True, kw_only=True):
    """A resolved, closed or rejected case is worked on again."""


class ReplyAdded(Event, frozen=True, kw_only=True):
    """Staff (or the system, with an empty `by`) answered the resident."""

    entry: int


class Revised(Event, frozen=True, kw_only=True):
    """Staff changed an answer of theirs, or (`inside`) what they said among colleagues."""

    entry: int
    inside: bool = False


class FilesAdded(Event, frozen=True, kw_only=True):
    """More files of one album joined a comment."""

    entry: int


class CommentAdded(Event, frozen=True, kw_only=True):
    """An internal comment."""

    entry: int


class Taken(Event, frozen=True, kw_only=True):
    """An operator took the case."""


class Released(Event, frozen=True, kw_only=True):
    """The case went back to its queue."""


class Assigned(Event, frozen=True, kw_only=True):
    """The case was given to `operator` without a note (assign)."""

    operator: str


class Transferred(Event, frozen=True, kw_only=True):
    """Handed over to `operator` or `group`; `entry` is the comment with the explanation."""

    entry: int
    operator: str = ""
    group: str = ""


class ResponsibleChanged(Event, frozen=True, kw_only=True):
    """`staff` is responsible now (empty: nobody)."""

    staff: str


class ExecutorAdded(Event, frozen=True, kw_only=True):
    """`staff` is to carry it out."""

    staff: str


class ExecutorRemoved(Event, frozen=True, kw_only=True):
    """`staff` is not to carry it out any more."""

    staff: str


class TaskAdvanced(Event, frozen=True, kw_only=True):
    """An executor (`by`) is at `step` now."""

    step: str


class DetailsChanged(Event, frozen=True, kw_only=True):
    """Type, subject, text, address, deadline or VIP mark changed; `what` names the field."""

    what: str


class StatusChanged(Event, frozen=True, kw_only=True):
    """From one state to another."""

    old: str
    new: str


class Overdue(Event, frozen=True, kw_only=True):
    """The deadline passed."""


class Escalated(Event, frozen=True, kw_only=True):
    """Nobody took the case in time; `group` (empty: none is left) and those who lead are told."""

    group: str = ""


class DeadlineNear(Event, frozen=True, kw_only=True):
    """The deadline comes near; `staff` are reminded."""

    staff: tuple[str, ...] = ()


class DeliveryChanged(Event, frozen=True, kw_only=True):
    """The delivery of an outgoing message stands at `state` now, and at `was` before. `author` is
    the login of who wrote it, named where the entry stands on an older page."""

    entry: int
    state: str
    was: str = ""
    author: str = ""


class FileArrived(Event, frozen=True, kw_only=True):
    """A file of a message is stored now (or is given up)."""

    entry: int
