"""What a telephone exchange tells about a call, in one shape for every exchange."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

CallDirection = Literal["in", "out", "inner"]

CallEventKind = Literal[
    "ringing",
    "answered",
    "held",
    "resumed",
    "transferred",
    "ended",
    "summary",
    "recording",
    "voicemail",
    "request",
]

CallResult = Literal[
    "answered", "missed", "busy", "cancelled", "no_answer", "failed", "rejected", "forwarded"
]


class Party(msgspec.Struct, frozen=True, omit_defaults=True):
    """One end of a call. `number` is E.164 and empty where the exchange hides it or where there is
    none; `extension` is what the exchange calls a member of staff (510, a login); `name` as said.
    """

    number: str = ""
    extension: str = ""
    name: str = ""


class Recording(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A recording that the exchange makes, has, or (`none`) says it does not keep.

    `id` is unique within the account. `ref` is what the channel's `fetch` needs (an id of the
    provider's, or an address): it must hold no secret. `ready` is the moment before which asking
    is no use; `duration` in seconds.
    """

    id: str
    state: Literal["making", "made", "none"] = "made"
    ref: str = ""
    mime: str = "audio/mpeg"
    duration: int = 0
    ready: datetime | None = None


class CallEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened in a telephone conversation.

    `key` is unique in the whole hub (account and what names the event). `call` is the provider's
    id of the whole conversation, `leg` of the part with one end of it; without `leg` the event
    speaks of the whole conversation. `seq` is the provider's own order within the leg: a lower one
    never overwrites. `at` is when it happened, the time of receipt if the provider does not say.

    Kinds: `ringing` (it began: a new call, a leg, a queue, a menu), `answered` (a person took it;
    a menu, a queue and the caller's own phone in a click-to-call are no persons), `held`,
    `resumed`, `transferred` (`callee` is to whom), `ended`, `summary` (the exchange's closing
    account, which outweighs everything else), `recording`, `voicemail` (a message was left),
    `request` (somebody asks to be called).

    `result` on an event with a `leg` is the leg's alone: a leg that rang out is no missed call.
    `line` is the organisation's number, `queue` the exchange's name of a group, `group` the id of
    the hub's group that the account's settings give to the line. `waiting` and `talk` in seconds,
    None where not said. `extension` is the member of staff at this leg.
    """

    key: str
    account: str
    channel: str
    call: str
    kind: CallEventKind
    at: datetime
    leg: str = ""
    seq: int | None = None
    direction: CallDirection | None = None
    caller: Party = Party()
    callee: Party = Party()
    line: str = ""
    queue: str = ""
    group: str = ""
    extension: str = ""
    started_at: datetime | None = None
    waiting: int | None = None
    talk: int | None = None
    result: CallResult | None = None
    recording: Recording | None = None
    order: str = ""
    """The hub's id of the click-to-call that made it, where the provider says it again."""
