"""How MAX proves itself: a secret header that we chose."""

from __future__ import annotations

from channels.max.hook import HEADER, webhook_secret
from hub.ports.channel import RawRequest

TOKEN = "f9LHodD0cOI-made-up-token-of-the-house-bot"
OPTIONS: dict[str, object] = {"token": TOKEN, "mode": "webhook", "api": "http://127.0.0.1:9"}
SECRETS = (TOKEN, webhook_secret("acct", TOKEN))
# The header says nothing of time; a repeat is known by what the event is about.
AGES = False


def prove(raw: RawRequest) -> None:
    raw.headers[HEADER] = webhook_secret(raw.account, TOKEN)


def spoil(raw: RawRequest) -> None:
    """A proof of the right shape that is not ours."""
    raw.headers[HEADER] = webhook_secret("other", TOKEN)
