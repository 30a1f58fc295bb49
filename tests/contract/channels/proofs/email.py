"""Nobody proves anything: the hub itself fetches what lies in the mailbox."""

from __future__ import annotations

from hub.ports.channel import RawRequest

DOOR = False
SECRET = "open-sesame-2026"
OPTIONS: dict[str, object] = {
    "address": "case@uk.example",
    "imap": f"imap://case:{SECRET}@127.0.0.1:9/INBOX",
    "smtp": f"smtp://case:{SECRET}@127.0.0.1:9",
}
SECRETS = (SECRET,)
AGES = False


def prove(raw: RawRequest) -> None:
    """As the poller hands it over."""
    raw.method = "POLL"


def spoil(raw: RawRequest) -> None:
    """There is no proof that could be wrong."""
    raw.method = "POST"
