"""How programs prove themselves: a hash over time and body."""

from __future__ import annotations

from channels.http.proof import SIGNATURE, TIMESTAMP, sign
from hub.ports.channel import RawRequest

SECRET = "open-sesame-2026"
OPTIONS: dict[str, object] = {"secret": SECRET, "reply_url": "http://127.0.0.1:9/answers"}
SECRETS = (SECRET,)
AGES = True


def prove(raw: RawRequest) -> None:
    raw.headers[TIMESTAMP] = str(int(raw.received_at.timestamp()))
    raw.headers[SIGNATURE] = sign(SECRET.encode(), raw.headers[TIMESTAMP], raw.body)


def spoil(raw: RawRequest) -> None:
    """A proof of the right shape, made with another secret."""
    raw.headers[TIMESTAMP] = str(int(raw.received_at.timestamp()))
    raw.headers[SIGNATURE] = sign(b"guessed", raw.headers[TIMESTAMP], raw.body)
