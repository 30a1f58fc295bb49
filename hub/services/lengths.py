"""How long an answer is on its way: known before it is sent."""

from __future__ import annotations

import msgspec

from hub.domain.message import Address
from hub.ports.channel import Capabilities, Sender
from hub.services.deps import Deps
from hub.sms.latin import latin
from hub.sms.length import EACH, fit


class Length(msgspec.Struct, frozen=True, kw_only=True):
    """A text as short messages: `parts` of `most` that may be, `used` of the `room` that these
    parts have, in characters. `goes`: the words as the resident will read them, where the channel
    changes them."""

    parts: int
    most: int
    used: int
    room: int
    goes: str = ""

    @property
    def too_long(self) -> bool:
        """Whether the channel will refuse it."""
        return self.parts > self.most


def counted(caps: Capabilities, text: str) -> Length | None:
    """Measure; None where the channel does not count."""
    if not caps.segments:
        return None
    goes = latin(text) if caps.latin else text
    measured = fit(goes)
    return Length(
        parts=measured.parts,
        most=caps.max_segments,
        used=measured.used,
        room=measured.room,
        goes=goes if goes != text else "",
    )


def longest(caps: Capabilities) -> int:
    """Characters of the longest text that surely goes, as residents are written to; 0: unknown."""
    if not caps.segments:
        return caps.max_text
    return EACH["gsm7" if caps.latin else "ucs2"] * caps.max_segments


def length_at(deps: Deps, to: Address | None, text: str) -> Length | None:
    """The same at an address; None where nothing can be sent there either."""
    sender: Sender | None = deps.senders.get(to.account) if to else None
    return counted(sender.caps, text) if sender else None
