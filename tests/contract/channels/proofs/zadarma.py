"""How Zadarma proves itself: a header over some fields of the form."""

from __future__ import annotations

from urllib.parse import quote_plus

from channels.zadarma.proof import HEADER, SIGNED, sign
from hub import forms
from hub.ports.channel import RawRequest

SECRET = "zadarma-secret-88f2"
KEY = "zadarma-key-19ae"
OPTIONS: dict[str, object] = {
    "api_key": KEY,
    "secret": SECRET,
    "api": "http://127.0.0.1:9",
    "lines": {"74951234567": "emergency"},
}
SECRETS = (SECRET, KEY)
# Neither all of the body nor the time is covered.
AGES = False


def prove(raw: RawRequest) -> None:
    if forms.fields(raw.body).get("event") not in SIGNED:
        # No event of theirs: as good as it can get, it is garbage inside of one.
        raw.body = b"event=NOTIFY_START&caller_id=" + quote_plus(raw.body).encode()
    raw.headers[HEADER] = sign(SECRET, forms.fields(raw.body))


def spoil(raw: RawRequest) -> None:
    """A proof of the right shape, made with another secret."""
    raw.headers[HEADER] = sign("guessed", forms.fields(raw.body))
