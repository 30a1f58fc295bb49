"""The thread of a case: messages, comments, calls and system lines in one order."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from hub.domain.callnote import CallNote
from hub.domain.message import (
    Address,
    Attachment,
    DeliveryState,
    Edit,
    Inbound,
    Location,
    Original,
)

EntryKind = Literal["message", "comment", "call", "system"]

# States of a delivery only advance: a late «sent» never covers «read». A retry starts again.
ADVANCE: dict[DeliveryState, int] = {
    "queued": 0,
    "sending": 1,
    "uncertain": 2,
    "sent": 3,
    "failed": 4,
    "delivered": 5,
    "read": 6,
}


class Author(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who wrote, as known at that time: a login (staff), or only a name (resident)."""

    name: str = ""
    login: str = ""
    position: str = ""


class Delivery(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How an outgoing message fares. `reason` is a text key, `detail` the provider's word. `edit`:
    how a later change of the text fares there, once there was one. `row`: the outbox row by which
    it was sent again when its entry stood on an older page already."""

    state: DeliveryState = "queued"
    to: Address
    attempts: int = 0
    at: datetime
    reason: str = ""
    detail: str = ""
    edit: Literal["", "queued", "done", "failed"] = ""
    row: int = 0


class Guest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Somebody else than the applicant, whose message names this case: staff say whether it belongs
    here. `state`: asked, accepted (it is a message of the case) or apart. `case` is one of their
    own: what was said stands there alone (apart), or there too, since they are answered there."""

    identity: str
    address: Address
    name: str = ""
    state: Literal["asked", "accepted", "apart"] = "asked"
    case: int = 0


EVERYWHERE = ""
"""Stands for every account where one is named."""


class Copy(msgspec.Struct, frozen=True):
    """The same message came by this account as well, to this address of ours."""

    account: str
    to: str


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """A former text of an entry and until when it stood («было»)."""

    at: datetime
    text: str
    deleted: bool = False


class Entry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One line of the thread.

    `key` is unique in the hub; `seq` counts within the case from 1 and never changes.
    `external_ids` are the provider's names for it (several when it was sent in parts).
    `order` is the provider's sequence within `conversation`. `automatic`: written by the hub.
    `incomplete`: the sender wrote more, in parts that did not come. `came_to`: the address of ours
    at which it came first, where `copies` may come to others (see Inbound). Once it stands on an
    older page, `row` is the newest row of the outbox that it followed there, and `turn` counts how
    often it was written.
    """

    key: str
    seq: int
    kind: EntryKind
    direction: Literal["in", "out", ""] = ""
    text: str = ""
    subject: str = ""
    files: list[Attachment] = []
    at: datetime
    kept_at: datetime
    author: Author = Author()
    channel: str = ""
    account: str = ""
    conversation: str = ""
    external_ids: list[str] = []
    order: int | None = None
    in_reply_to: int = 0
    delivery: Delivery | None = None
    edits: list[Change] = []
    deleted: bool = False
    location: Location | None = None
    shared_contact: str = ""
    album: str = ""
    automatic: bool = False
    event: str = ""
    call: CallNote | None = None
    original: Original | None = None
    guest: Guest | None = None
    incomplete: bool = False
    came_to: str = ""
    copies: list[Copy] = []
    row: int = 0
    turn: int = 0

    @property
    def known_at(self) -> list[str]:
        """At which accounts its ids mean it: what may come to several of them is known at all."""
        return [self.account, EVERYWHERE] if self.came_to else [self.account]

    def later_than(self, message: Inbound) -> bool:
        """True when this entry is of the same conversation and was said after `message`."""
        if self.direction != "in" or self.conversation != message.conversation:
            return False
        if self.order is not None and message.order is not None:
            return self.order > message.order
        return self.at > message.sent_at


def place(thread: list[Entry], message: Inbound) -> int:
    """Return the index at which a message stands: a late one goes to its place.

    Only what the same person said in the same conversation is compared; what staff wrote in
    between stays where it is.
    """
    index = len(thread)
    for back in range(len(thread) - 1, -1, -1):
        entry = thread[back]
        if entry.later_than(message):
            index = back
        elif entry.direction == "in" and entry.conversation == message.conversation:
            break
    return index


class HistoryLine(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Who did what, when. `action` is a text key, `data` fills it; no author: the system."""

    at: datetime
    who: Author = Author()
    action: str
    data: dict[str, str] = {}


def copied(entry: Entry, message: Inbound) -> bool:
    """Note that the message came by another account of ours as well. True if that is news."""
    known = [entry.account, *(copy.account for copy in entry.copies)]
    if not message.came_to or message.account in known:
        return False
    entry.copies = [*entry.copies, Copy(message.account, message.came_to)]
    return True


def amend(entry: Entry, edit: Edit) -> bool:
    """Change or delete what an entry says; the former text stays readable. True if it changed.

    What we said stays as we said it: a resident who takes it out of their own chat changes nothing.
    """
    if entry.direction == "out":
        return False
    if entry.deleted or (not edit.deleted and entry.text == edit.text):
        return False
    late = next((at for at, one in enumerate(entry.edits) if one.at > edit.at), None)
    if late is not None:
        return _amend_before(entry, late, edit)
    entry.edits = [*entry.edits, Change(edit.at, entry.text, edit.deleted)]
    if edit.deleted:
        entry.deleted = True
    else:
        entry.text, entry.incomplete = edit.text, edit.incomplete
    return True


def _amend_before(entry: Entry, index: int, edit: Edit) -> bool:
    """An edit that was overtaken (or is taken again) stands in its place and covers nothing."""
    later = entry.edits[index]
    if edit.deleted or later.text == edit.text:
        return False
    entry.edits = [
        *entry.edits[:index],
        Change(edit.at, later.text),
        Change(later.at, edit.text, later.deleted),
        *entry.edits[index + 1 :],
    ]
    return True
