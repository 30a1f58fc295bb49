"""Reports about a mail of ours: not delivered, late, delivered, read (RFC 3464, RFC 8098)."""

from __future__ import annotations

from typing import Literal

import msgspec

from channels.email.wire.addresses import Plus

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the mail for one recipient.

    `recipient` is lower case; `status` the enhanced code («5.1.1»), empty if not said;
    `diagnostic` is what the far server said, in one line, at most 500 characters.
    """

    recipient: str
    action: Action
    status: str = ""
    diagnostic: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report. `kind` delivery: a DSN, each recipient's fate in `fates`; read: an MDN.

    `original_id` is the Message-ID (without <>) of the mail it speaks of, `envelope_id` the ENVID
    that we gave with it, `original_to` the addresses of the original's To, `plus` the plus
    addresses that the original named as its own (From, Reply-To, Return-Path). Each may be
    missing: then the plus address at which the report arrived (`Mail.plus`) is what tells.
    """

    kind: Literal["delivery", "read"]
    fates: tuple[Fate, ...] = ()
    original_id: str = ""
    envelope_id: str = ""
    original_to: tuple[str, ...] = ()
    plus: tuple[Plus, ...] = ()
