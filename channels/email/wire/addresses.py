"""Addresses as header fields name them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from channels.email.wire import limits
from channels.email.wire.headers import text


class Mailbox(msgspec.Struct, frozen=True):
    """One address with the name beside it. `address` is lower case; empty where the field names
    somebody without one. `name` is decoded, without quotes; often empty, never to be trusted."""

    address: str
    name: str = ""


class Plus(msgspec.Struct, frozen=True):
    """A plus address found on the mail: `case+77@uk.example` is base `case@uk.example`, token `77`.

    `envelope` is true where the server that took the mail wrote it (Delivered-To, X-Original-To …)
    and false where it stands in To or Cc, which anybody may write.
    """

    base: str
    token: str
    envelope: bool


_COMMENT = re.compile(r"\([^()]*+\)")
_PLAIN = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,64}@[^\s<>@,;:\"()\[\]\\]{1,255}")


def mailboxes(raw: bytes) -> tuple[Mailbox, ...]:
    """Everybody a field names; groups are opened, and `;` separates like `,`."""
    found: list[Mailbox] = []
    for item in _items(raw[: limits.FIELD].decode("latin-1")):
        one = _mailbox(item)
        if one is not None:
            found.append(one)
        if len(found) >= limits.MAILBOXES:
            break
    return tuple(found)


def plus(addresses: Iterable[str], *, envelope: bool) -> list[Plus]:
    """The plus addresses among these."""
    found = []
    for address in addresses:
        local, _, domain = address.rpartition("@")
        base, sign, token = local.partition("+")
        if sign and base and token and domain:
            found.append(Plus(f"{base}@{domain}", token, envelope))
    return found


def _items(said: str) -> Iterator[str]:
    """Cut at commas and semicolons outside quotes, comments and <>; drop names of groups."""
    start, quoted, depth, angle, skip = 0, False, 0, False, False
    for at, sign in enumerate(said):
        if skip:
            skip = False
        elif sign == "\\":
            skip = quoted or depth > 0
        elif quoted or (sign == '"' and not depth):
            quoted = not (quoted and sign == '"')
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif sign in "<>":
            angle = sign == "<"
        elif sign == ":" and not angle:
            start = at + 1
        elif sign in ",;" and not angle:
            yield said[start:at]
            start = at + 1
    rest = said[start:]
    if quoted or angle or depth:
        # Something was opened and never closed: what looks like an address is one.
        yield from (_PLAIN.findall(rest) or [rest])
    else:
        yield rest


def _mailbox(item: str, again: bool = True) -> Mailbox | None:
    item = item.strip()
    if not item:
        return None
    head, opened, tail = item.rpartition("<")
    if opened:
        address = clean(_COMMENT.sub("", tail.partition(">")[0]).encode("latin-1"))
        name = _name(head) or _comment(item)
    else:
        found = _PLAIN.search(item)
        address = clean(found[0].encode("latin-1")) if found else ""
        name = _comment(item) if found else _name(item)
    if not address and again and "=?" in item:
        # The whole mailbox was put into one encoded word.
        opened_up = _mailbox(text(item.encode("latin-1")).encode().decode("latin-1"), again=False)
        if opened_up is not None and opened_up.address:
            return opened_up
    if not address and not name:
        return None
    return Mailbox(address, name)


def clean(raw: bytes) -> str:
    """An address in the form in which it is compared; empty if it is none."""
    said = "".join(raw.decode("utf-8", "replace").split())
    said = said.rpartition(":")[2].strip("<>'\".,;").lower()
    local, at, domain = said.rpartition("@")
    if not at or not local or not domain or len(said) > 320 or not said.isprintable():
        return ""
    return said


def _name(said: str) -> str:
    said = text(re.sub(r"\\(.)", r"\1", said.strip()).encode("latin-1"))
    return said.strip("\"' \t")[:200].strip()


def _comment(item: str) -> str:
    opened = item.find("(")
    closed = item.rfind(")")
    return _name(item[opened + 1 : closed]) if 0 <= opened < closed else ""
