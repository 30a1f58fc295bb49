"""Who sent it: a hash over time and body with a secret that both sides know.

`X-Hub-Signature: sha256=<hex hmac of "{X-Hub-Timestamp}.{body}">`; the time is Unix seconds.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from hub.ports.channel import Forged, RawRequest

SIGNATURE = "x-hub-signature"
TIMESTAMP = "x-hub-timestamp"
SKEW = 300.0
"""How many seconds our clock and theirs may differ."""


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The value of the signature's header."""
    return "sha256=" + hmac.digest(secret, b"%b.%b" % (timestamp.encode(), body), "sha256").hex()


def signed(secret: bytes, now: datetime, body: bytes) -> dict[str, str]:
    """Headers that prove a body at this time."""
    timestamp = str(int(now.timestamp()))
    return {"X-Hub-Timestamp": timestamp, "X-Hub-Signature": sign(secret, timestamp, body)}


def prove(raw: RawRequest, secret: bytes) -> None:
    """Raise Forged unless the signature is right and fresh; take the proof out of what is kept."""
    signature = raw.headers.pop(SIGNATURE, "")
    timestamp = raw.headers.pop(TIMESTAMP, "")
    if not signature or not timestamp:
        raise Forged("not signed", 401)
    if not hmac.compare_digest(
        signature.lower().encode(), sign(secret, timestamp, raw.body).encode()
    ):
        raise Forged("wrong signature", 403)
    try:
        age = raw.received_at.timestamp() - float(timestamp)
    except ValueError:
        raise Forged("unreadable time", 403) from None
    # Not the other way round: a time that is no number compares as False to everything.
    if not -SKEW <= age <= SKEW:
        raise Forged("stale", 403)
