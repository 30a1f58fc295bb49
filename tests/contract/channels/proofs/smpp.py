"""Nobody proves anything: the hub itself binds to the centre."""

from __future__ import annotations

from hub.ports.channel import RawRequest

DOOR = False
PASSWORD = "Sesame26"
OPTIONS: dict[str, object] = {
    "host": "127.0.0.1",
    "port": 9,
    "system_id": "hub",
    "password": PASSWORD,
}
SECRETS = (PASSWORD,)
AGES = False


def prove(raw: RawRequest) -> None:
    """As the listener hands it over."""
    raw.method = "POLL"


def spoil(raw: RawRequest) -> None:
    """There is no proof that could be wrong."""
    raw.method = "POST"
