"""How an exchange proves itself: a key in the address that was typed into it."""

from __future__ import annotations

from hub.ports.channel import RawRequest

KEY = "cti-key-91ab5c"
OPTIONS: dict[str, object] = {"key": KEY, "lines": {"74951234567": "emergency"}}
SECRETS = (KEY,)
# The address is the same every time; a replay is known by what it says.
AGES = False


def prove(raw: RawRequest) -> None:
    raw.query = f"key={KEY}"


def spoil(raw: RawRequest) -> None:
    """A proof of the right shape that is not ours."""
    raw.query = "key=guessed"
