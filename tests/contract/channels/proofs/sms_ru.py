"""How SMS.ru proves itself: a hash over the account's key and all that is told."""

from __future__ import annotations

import hashlib

from channels.sms_ru.wire import records
from hub.ports.channel import Malformed, RawRequest
from hub.sms.forms import fields

API_KEY = "A2B3C4D5-0000-1111-2222-333344445555"
OPTIONS: dict[str, object] = {"api_key": API_KEY, "api": "http://127.0.0.1:9"}
SECRETS = (API_KEY,)
# The hash says nothing of time; a repeat is known by what it tells.
AGES = False


def prove(raw: RawRequest) -> None:
    _sign(raw, API_KEY)


def spoil(raw: RawRequest) -> None:
    """A hash of the right shape, made with another key."""
    _sign(raw, "guessed")


def _sign(raw: RawRequest, api_key: str) -> None:
    try:
        said = "".join(records(fields(raw.body)))
    except Malformed:
        said = ""
    made = hashlib.sha256(f"{api_key}{said}".encode()).hexdigest()
    raw.body += b"&hash=" + made.encode()
