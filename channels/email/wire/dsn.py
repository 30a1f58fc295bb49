"""Reports about a mail of ours: not delivered, late, delivered, read (RFC 3464, RFC 8098)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, cast, get_args

import msgspec

from channels.email.wire import limits
from channels.email.wire.addresses import Plus, clean, mailboxes, plus
from channels.email.wire.headers import Fields, ids, split, text
from channels.email.wire.parts import Part

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_ACTIONS = frozenset(get_args(Action))
_BY_CLASS: dict[str, Action] = {"2": "delivered", "4": "delayed", "5": "failed"}
_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_READ_PARTS = frozenset(
    {"message/disposition-notification", "message/global-disposition-notification"}
)
_ORIGINALS = frozenset(
    {
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global-headers",
    }
)
_QMAIL = re.compile(rb"^<([^<>\s]{3,320})>:\r?\n((?:[^\r\n<][^\r\n]*\r?\n){1,8})", re.MULTILINE)


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


def report(root: Part, *, from_daemon: bool) -> Report | None:
    """The report that this mail is; None if it is none. `from_daemon`: it comes from a mail
    server, so what it says without the standard's parts counts too."""
    parts = list(_all(root))
    original = _original(parts)
    for part in parts:
        if part.mime in _READ_PARTS and _in_report(root):
            return _read(part, original, root.fields)
    # A person may pass on a mail with such a part; only a report is one.
    told = [part for part in parts if part.mime in _STATUS_PARTS]
    told = told if from_daemon or _in_report(root) else []
    groups = [group for part in told for group in _groups(part)][: limits.FATES]
    fates = [fate for group in groups for fate in _fate(group)]
    if not fates and (told or from_daemon):
        fates = _informal(root, parts)
    if not fates and not told:
        return None
    envelope = next((said for g in groups if (said := g.raw("original-envelope-id"))), b"")
    return _about(original, root.fields, fates, text(envelope)[:200])


def _all(part: Part) -> Iterator[Part]:
    yield part
    for one in part.parts:
        yield from _all(one)


def _in_report(root: Part) -> bool:
    return root.mime == "multipart/report" or root.mime in _STATUS_PARTS | _READ_PARTS


def _original(parts: list[Part]) -> Fields | None:
    for part in parts:
        if part.mime in _ORIGINALS:
            fields, _ = split(part.data()[: 2 * limits.HEADERS])
            if fields.held:
                return fields
    return None


def _groups(part: Part) -> list[Fields]:
    """The part is groups of fields with blank lines between; some servers encode it."""
    data = part.data()[: limits.TEXT_BYTES].replace(b"\r\n", b"\n")
    groups = re.split(rb"\n[ \t]*\n", data.strip(b"\n"), maxsplit=limits.FATES + 1)
    return [split(group.strip(b"\n") + b"\n\n")[0] for group in groups[: limits.FATES + 1]]


def _fate(group: Fields) -> Iterator[Fate]:
    said = group.raw("final-recipient") or group.raw("original-recipient")
    if not said and "action" not in group.held:
        return
    recipient = _recipient(group.raw("original-recipient")) or _recipient(said)
    found = _STATUS.search(text(group.raw("status")))
    diagnostic = text(group.raw("diagnostic-code")).partition(";")
    words = (diagnostic[2] or diagnostic[0]).strip()[:500]
    found = found or _STATUS.search(words)
    action = text(group.raw("action")).lower().split(" ")[0].strip(";,.")
    if action not in _ACTIONS:
        if found is None:
            return
        action = _BY_CLASS[found[1]]
    yield Fate(
        recipient=recipient,
        action=cast(Action, action),
        status=found[0] if found is not None else "",
        diagnostic=words,
    )


def _recipient(raw: bytes) -> str:
    """«rfc822; user@host», also with <> or without the type."""
    return clean(raw.rpartition(b";")[2].strip())


def _about(original: Fields | None, fields: Fields, fates: list[Fate], envelope: str) -> Report:
    """Whose mail it was: the original says, else what the report refers to."""
    if original is None:
        named = ids(fields.raw("in-reply-to")) or ids(fields.raw("references"))[-1:]
        return Report(
            kind="delivery",
            fates=tuple(fates),
            original_id=named[-1] if named else "",
            envelope_id=envelope,
        )
    own = ids(original.raw("message-id"))
    return Report(
        kind="delivery",
        fates=tuple(fates),
        original_id=own[0] if own else "",
        envelope_id=envelope,
        original_to=tuple(one.address for one in mailboxes(original.raw("to")) if one.address),
        plus=_own_plus(original),
    )


def _own_plus(original: Fields) -> tuple[Plus, ...]:
    found: list[Plus] = []
    for name in ("return-path", "reply-to", "from", "sender"):
        said = (one.address for one in mailboxes(original.raw(name)))
        found += plus(said, envelope=False)
    return tuple(dict.fromkeys(found))


def _read(part: Part, original: Fields | None, fields: Fields) -> Report | None:
    groups = _groups(part)
    held = groups[0] if groups else Fields(held={}, problems=[])
    disposition = text(held.raw("disposition")).lower()
    if "displayed" not in disposition:
        # Deleted unread, dispatched by a rule: nobody has read it.
        return None
    named = ids(held.raw("original-message-id"))
    base = _about(original, fields, [], "")
    return msgspec.structs.replace(
        base, kind="read", original_id=named[0] if named else base.original_id
    )


def _informal(root: Part, parts: list[Part]) -> list[Fate]:
    """What servers said before the standard, and some still do."""
    failed = [
        Fate(recipient=one.address, action="failed")
        for field in root.fields.all("x-failed-recipients")
        for one in mailboxes(field)
        if one.address
    ]
    if failed:
        return failed[: limits.FATES]
    fates: list[Fate] = []
    for part in parts:
        if part.mime != "text/plain" or part.parts:
            continue
        for found in _QMAIL.finditer(part.data()[: limits.FIELD]):
            words = text(found[2].replace(b"\n", b" "))[:500]
            status = _STATUS.search(words)
            code = status[1] if status is not None else "5"
            recipient = clean(found[1])
            if recipient:
                fates.append(
                    Fate(
                        recipient=recipient,
                        action=_BY_CLASS[code] if code != "2" else "failed",
                        status=status[0] if status is not None else "",
                        diagnostic=words,
                    )
                )
        break
    return fates[: limits.FATES]
