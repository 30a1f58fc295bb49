"""Who calls: Kannel knows a word in the address, and reports bring back what we signed."""

from __future__ import annotations

import hmac
from urllib.parse import unquote_to_bytes

from hub.ports.channel import Forged, RawRequest

KEY, SIGNATURE = "key", "sig"
LENGTH = 32


class Told:
    """The query byte by byte: what is UTF-16 in it must not be read as text first. Of a name that
    comes twice the first counts."""

    def __init__(self, query: str) -> None:
        self._said: dict[str, str] = {}
        for pair in query.split("&"):
            name, equals, value = pair.partition("=")
            if equals and name not in self._said:
                self._said[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self._said

    def get(self, name: str) -> bytes:
        """The octets of a field, none where it is not there."""
        return unquote_to_bytes(self._said.get(name, "").replace("+", " "))


def signature(key: str, account: str, out: str, made: str) -> str:
    """What proves that a report is about a message of ours: hex of an HMAC over its name."""
    said = f"{account}.{out}.{made}".encode()
    return hmac.digest(key.encode(), said, "sha256").hex()[:LENGTH]


def prove(raw: RawRequest, account: str, key: str) -> None:
    """Raise Forged unless the address holds the key or our signature; take them out of it."""
    told = Told(raw.query)
    raw.query = "&".join(
        pair for pair in raw.query.split("&") if pair.partition("=")[0] not in {KEY, SIGNATURE}
    )
    if SIGNATURE in told:
        out, made = (told.get(name).decode("utf-8", "replace") for name in ("out", "made"))
        right = signature(key, account, out, made)
        if not hmac.compare_digest(told.get(SIGNATURE), right.encode()):
            raise Forged("wrong signature", 403)
        return
    if KEY not in told:
        raise Forged("no key", 401)
    if "out" in told:
        raise Forged("a report must be signed", 403)
    if not hmac.compare_digest(told.get(KEY), key.encode()):
        raise Forged("wrong key", 403)
