"""Nobody proves anything: the hub itself asks for the list of messages."""

from __future__ import annotations

from hub.ports.channel import RawRequest

DOOR = False
API_KEY = "bearer-of-exolve-2026"
OPTIONS: dict[str, object] = {
    "api_key": API_KEY,
    "sender": "79990000000",
    "api": "http://127.0.0.1:9",
}
SECRETS = (API_KEY,)
AGES = False


def prove(raw: RawRequest) -> None:
    """As the poller hands it over."""
    raw.method = "POLL"


def spoil(raw: RawRequest) -> None:
    """There is no proof that could be wrong."""
    raw.method = "POST"
