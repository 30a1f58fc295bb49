"""How the exchange of MegaFon proves itself: a key of our choice in every form."""

from __future__ import annotations

from hub.ports.channel import RawRequest

TOKEN = "crm-token-71bd0e"
OPTIONS: dict[str, object] = {
    "token": TOKEN,
    "api": "http://127.0.0.1:9/sys/crm_api.wcgp",
    "api_key": "ats-key-40c1d7",
    "lines": {"74951234567": "emergency"},
}
SECRETS = (TOKEN, "ats-key-40c1d7")
# The key is the same in every request; a replay is known by what it says.
AGES = False


def prove(raw: RawRequest) -> None:
    raw.body = b"crm_token=%b&%b" % (TOKEN.encode(), raw.body)


def spoil(raw: RawRequest) -> None:
    """A proof of the right shape that is not ours."""
    raw.body = b"crm_token=guessed&%b" % raw.body
