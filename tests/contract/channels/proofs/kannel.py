"""How Kannel proves itself: a word in the address; reports bring our own signature back."""

from __future__ import annotations

from channels.kannel import proof
from hub.ports.channel import RawRequest

KEY = "word-in-the-address-2026"
PASSWORD = "sendsms-password-2026"
OPTIONS: dict[str, object] = {
    "sendsms": "http://127.0.0.1:9/cgi-bin/sendsms",
    "username": "hub",
    "password": PASSWORD,
    "key": KEY,
}
SECRETS = (KEY, PASSWORD)
# The word says nothing of time or body; a repeat is known by Kannel's id.
AGES = False


def prove(raw: RawRequest) -> None:
    told = proof.Told(raw.query)
    if "out" in told:
        sign = proof.signature(
            KEY, raw.account, told.get("out").decode(), told.get("made").decode()
        )
        _add(raw, f"sig={sign}")
    else:
        _add(raw, f"key={KEY}")


def spoil(raw: RawRequest) -> None:
    """A word of the right shape that is not ours."""
    _add(raw, "key=word-that-was-guessed-26")


def _add(raw: RawRequest, pair: str) -> None:
    raw.query = f"{raw.query}&{pair}" if raw.query else pair
