"""How MANGO OFFICE proves itself: a hash over the posted text and a salt."""

from __future__ import annotations

from channels.mango.proof import signed
from hub import forms
from hub.ports.channel import RawRequest

KEY = "vpbx-key-5f0c2a"
SALT = "vpbx-salt-93ad17"
OPTIONS: dict[str, object] = {
    "api_key": KEY,
    "salt": SALT,
    "api": "http://127.0.0.1:9/vpbx",
    "lines": {"74951234567": "emergency"},
}
SECRETS = (SALT, KEY)
# The text is covered, the time is not: a replay is known by the event's own number.
AGES = False


def _said(raw: RawRequest) -> bytes:
    """The JSON text of a sample; whatever else came is taken for such a text."""
    return forms.raw_fields(raw.body).get("json") or raw.body


def prove(raw: RawRequest) -> None:
    raw.body = signed(KEY, _said(raw), SALT)


def spoil(raw: RawRequest) -> None:
    """A proof of the right shape, made with another salt."""
    raw.body = signed(KEY, _said(raw), "guessed")
