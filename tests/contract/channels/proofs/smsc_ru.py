"""How SMSC.ru proves itself: a word in the address that it was given."""

from __future__ import annotations

from hub.ports.channel import RawRequest

KEY = "word-in-the-address-2026"
API_KEY = "api-key-of-smsc-2026"
OPTIONS: dict[str, object] = {"api_key": API_KEY, "key": KEY, "api": "http://127.0.0.1:9"}
SECRETS = (KEY, API_KEY)
# The word says nothing of time or body; a repeat is known by the number and the status.
AGES = False


def prove(raw: RawRequest) -> None:
    _add(raw, f"key={KEY}")


def spoil(raw: RawRequest) -> None:
    """A word of the right shape that is not ours."""
    _add(raw, "key=word-that-was-guessed-26")


def _add(raw: RawRequest, pair: str) -> None:
    raw.query = f"{raw.query}&{pair}" if raw.query else pair
