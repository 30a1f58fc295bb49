"""Who calls: Kannel knows a word in the address, and reports bring back what we signed."""

from __future__ import annotations

import hmac
from urllib.parse import unquote_to_bytes

from hub.ports.channel import Forged, RawRequest

KEY, SIGNATURE = "key", "sig"
LENGTH = 32


def fields(query: str) -> dict[str, bytes]:
    """The query byte by byte: what is UTF-16 in it must not be read as text first."""
    found: dict[str, bytes] = {}
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        if equals and name not in found:
            found[name] = unquote_to_bytes(value.replace("+", " "))
    return found


def signature(key: str, account: str, out: str, made: str) -> str:
    """What proves that a report is about a message of ours: hex of an HMAC over its name."""
    said = f"{account}.{out}.{made}".encode()
    return hmac.digest(key.encode(), said, "sha256").hex()[:LENGTH]


def prove(raw: RawRequest, account: str, key: str) -> None:
    """Raise Forged unless the address holds the key or our signature; take them out of it."""
    told = fields(raw.query)
    shown, signed = told.get(KEY), told.get(SIGNATURE)
    raw.query = "&".join(
        pair for pair in raw.query.split("&") if pair.partition("=")[0] not in {KEY, SIGNATURE}
    )
    if signed is not None:
        out, made = _text(told.get("out")), _text(told.get("made"))
        if not hmac.compare_digest(signed, signature(key, account, out, made).encode()):
            raise Forged("wrong signature", 403)
        return
    if shown is None:
        raise Forged("no key", 401)
    if "out" in told:
        raise Forged("a report must be signed", 403)
    if not hmac.compare_digest(shown, key.encode()):
        raise Forged("wrong key", 403)


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
