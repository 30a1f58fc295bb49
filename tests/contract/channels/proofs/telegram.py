"""How Telegram proves itself: a secret header that we chose."""

from __future__ import annotations

from hub.botapi.webhook import HEADER, webhook_secret
from hub.ports.channel import RawRequest

TOKEN = "5550001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"
OPTIONS: dict[str, object] = {"token": TOKEN, "mode": "webhook", "api": "http://127.0.0.1:9"}
SECRETS = (TOKEN.partition(":")[2], webhook_secret("acct", TOKEN))
# The header says nothing of time; a repeat is known by the update's number.
AGES = False


def prove(raw: RawRequest) -> None:
    raw.headers[HEADER] = webhook_secret(raw.account, TOKEN)


def spoil(raw: RawRequest) -> None:
    """A proof of the right shape that is not ours."""
    raw.headers[HEADER] = webhook_secret("other", TOKEN)
