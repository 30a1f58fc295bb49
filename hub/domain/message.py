"""What comes in from a channel and what goes out to one, in one shape for every channel."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

import msgspec

from hub.domain.callevent import CallEvent as CallEvent


def stable_id(*parts: str) -> str:
    """Return 32 hex digits that are the same for the same parts: a name for repeats."""
    joined = "\x1f".join(parts).encode()
    return hashlib.blake2b(joined, digest_size=16).hexdigest()


class Identity(msgspec.Struct, frozen=True):
    """One way by which a person is known.

    `kind`: telegram, max, phone (E.164), email (lower case) or external (a program's own name for
    the person; `scope` is then the account that named it).
    """

    kind: str
    value: str
    scope: str = ""

    @property
    def key(self) -> str:
        """The form in which the store keeps it unique."""
        return (
            f"{self.kind}:{self.scope}:{self.value}" if self.scope else f"{self.kind}:{self.value}"
        )


class Address(msgspec.Struct, frozen=True):
    """Where an answer goes: the channel account, and what the account's provider calls the person.

    `identity` is the key of the contact's identity behind it; `conversation` the thread key that
    an answer there continues.
    """

    account: str
    channel: str
    to: str
    identity: str
    conversation: str


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote. `identity` is proven by the channel; `claims` are only said (a typed phone), and
    so is `premises`, the address that what they write is about."""

    identity: Identity
    name: str = ""
    claims: tuple[Identity, ...] = ()
    language: str = ""
    premises: str = ""


STORED = "stored:"
"""The `ref` of an attachment whose bytes its sender uploaded before: they are in the file store
already, under the attachment's id."""


class Attachment(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A file as it stands in a thread.

    `id` names it in the file store. While `state` is pending the bytes are still at the provider
    under `ref`; `size` is in bytes, 0 if unknown. `duration` in seconds for voice, audio, video.
    """

    id: str
    name: str
    mime: str = "application/octet-stream"
    size: int = 0
    kind: Literal["file", "photo", "voice", "audio", "video", "sticker"] = "file"
    ref: str = ""
    state: Literal["ready", "pending", "failed"] = "ready"
    reason: str = ""
    duration: int = 0


class InlineFile(msgspec.Struct, frozen=True):
    """Bytes that came inside the message itself; `id` is that of its Attachment. One that is no
    attachment (see Original) says itself how it is called."""

    id: str
    data: bytes
    name: str = ""
    mime: str = ""


class Original(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A message as it came, where its text is only the best of it: shown on demand.

    `quote` is what was cut off its end, shortened if long. `html` (cleaned, remote pictures
    blocked) and `source` (everything, byte for byte) are ids of stored files; `size` is that of the
    source in bytes. `blocked` counts the remote pictures; `pictures` are the names that the
    html calls pictures by (signs that no field of the store may bear stand in them), with their
    files. `problems` are text keys of what is wrong with it.
    """

    quote: str = ""
    html: str = ""
    source: str = ""
    size: int = 0
    blocked: int = 0
    pictures: list[tuple[str, str]] = []
    problems: list[str] = []


class Ref(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that a message refers to: a case, by a name that only we can have made, or the
    provider's id of an earlier message."""

    case: int = 0
    external: str = ""


class Clues(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a message says of the conversation that it continues, where its provider knows none.

    `refs` from the surest to the last; `numbers` of cases that its writer names (anybody may name
    any); `subject` of the conversation, without what programs add, if it is a continuation by its
    looks and says nothing better.
    """

    refs: tuple[Ref, ...] = ()
    numbers: tuple[int, ...] = ()
    subject: str = ""


class Location(msgspec.Struct, frozen=True):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


class Inbound(msgspec.Struct, kw_only=True):
    """One message of a resident.

    `key` is unique in the whole hub (account and the provider's id of the event). `conversation`
    is the thread key: one person in one place. `order` is the provider's own sequence within the
    conversation where there is one. `external_id` is the provider's id of the message, by which
    edits, reports and quotes refer to it. `automatic` marks auto-replies, which are never answered
    automatically. `reactable`: the provider lets us show the sender, at the message itself, that it
    was seen. `case`: the case it is for, where the sender names one; another person's counts as
    not named. `incomplete`: some of its parts did not come. `clues`: its conversation is to be
    found by them; if there is none, it begins the one it bears. `came_to`: the address of ours that
    it came to, where a copy of it may come to others of ours: its `key` is the same at all of them,
    and it stands in one case.
    """

    key: str
    account: str
    channel: str
    conversation: str
    sender: Sender
    reply_to: Address
    text: str
    sent_at: datetime
    external_id: str
    subject: str = ""
    order: int | None = None
    in_reply_to: str = ""
    attachments: list[Attachment] = []
    inline: tuple[InlineFile, ...] = ()
    album: str = ""
    location: Location | None = None
    shared_contact: str = ""
    automatic: bool = False
    reactable: bool = False
    case: int = 0
    incomplete: bool = False
    original: Original | None = None
    clues: Clues | None = None
    came_to: str = ""


class Fragment(msgspec.Struct, kw_only=True):
    """Part `index` (from 1) of `total` of a message that comes in several, each kept by itself.

    `ref` names the message within the account as its sender does, and may come again for another
    one. `half` is what the part says as UTF-16BE: it may end in the middle of a character.
    `message` is the Inbound that the part would be by itself; its text is not read.
    """

    key: str
    account: str
    ref: str
    total: int
    index: int
    half: bytes
    message: Inbound


class Edit(msgspec.Struct, kw_only=True):
    """A resident changed (or, with `deleted`, removed) the message `external_id`. `sender` is there
    where the provider says again who it was. `incomplete`: parts of it are still missing."""

    key: str
    account: str
    conversation: str
    external_id: str
    at: datetime
    text: str = ""
    deleted: bool = False
    sender: Sender | None = None
    incomplete: bool = False


class Action(msgspec.Struct, kw_only=True):
    """Something pressed or commanded by a resident, not written.

    `name`: start (`value` = payload), command (`value` = the word), button (`value` = its data,
    `message` = provider's id of the message that carries it, `callback` = id to answer),
    contact (`value` = E.164 phone; `proven` only if the platform vouches that it is the sender's),
    blocked, unblocked.
    """

    key: str
    account: str
    channel: str
    conversation: str
    sender: Sender
    reply_to: Address
    name: str
    at: datetime
    value: str = ""
    message: str = ""
    callback: str = ""
    proven: bool = False


DeliveryState = Literal["queued", "sending", "sent", "delivered", "read", "failed", "uncertain"]


class DeliveryReport(msgspec.Struct, kw_only=True):
    """What the provider says later about something sent: by its `external_id` or our `out` id.
    `aliases` are other spellings of `external_id`, tried in turn where that one is not known.
    `gone`: the person cannot be reached at this address any more."""

    key: str
    account: str
    at: datetime
    state: Literal["sent", "delivered", "read", "failed"]
    external_id: str = ""
    aliases: tuple[str, ...] = ()
    out: str = ""
    reason: str = ""
    gone: bool = False


Received = Inbound | Fragment | Edit | Action | DeliveryReport | CallEvent


class Button(msgspec.Struct, frozen=True):
    """A key under a message. `data` comes back in an Action; with `ask` it is a reply key that
    asks the platform for the person's phone."""

    text: str
    data: str = ""
    ask: Literal["", "phone"] = ""


class OutboundFile(msgspec.Struct, frozen=True, kw_only=True):
    """A stored file to send along; `size` in bytes."""

    id: str
    name: str
    mime: str
    size: int
    kind: str = "file"


class Outbound(msgspec.Struct, kw_only=True):
    """One thing to send to a resident.

    `id` is the same when it is sent again. `text` is plain, never markup. `edit` is the provider's
    id of an earlier message to change in place; `reply_to` of a message to quote. `buttons` stand
    under the message row by row; `keyboard` are keys below the input line, `no_keyboard` takes them
    away. `reaction` is an emoji at the message `in_reply_to`. `subject` is that of the case,
    `language` the resident's; `references` are the provider's ids of what was said before in this
    conversation, oldest first; `automatic`: nobody wrote it.
    """

    id: str
    to: Address
    text: str
    case: int = 0
    in_reply_to: str = ""
    files: tuple[OutboundFile, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    keyboard: tuple[tuple[Button, ...], ...] = ()
    no_keyboard: bool = False
    edit: str = ""
    reaction: str = ""
    signature: str = ""
    subject: str = ""
    language: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = False


class Accepted(msgspec.Struct, frozen=True):
    """The provider took it; `external_ids` are its names for what was made, in order."""

    external_ids: tuple[str, ...] = ()
    state: Literal["sent", "delivered"] = "sent"


class Deferred(msgspec.Struct, frozen=True):
    """Not now: try after `after` seconds. `scope` says what must pause."""

    reason: str
    after: float
    scope: Literal["row", "chat", "account"] = "row"


class Rejected(msgspec.Struct, frozen=True):
    """Refused for good. `reason` is a text key; `detail` is the provider's word. `gone`: the
    person cannot be reached at this address any more (blocked, deleted)."""

    reason: str
    detail: str = ""
    gone: bool = False


class Unsure(msgspec.Struct, frozen=True):
    """The request may or may not have been carried out (time-out, lost answer)."""

    reason: str


Outcome = Accepted | Deferred | Rejected | Unsure
