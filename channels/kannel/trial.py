"""Short messages of made-up residents; see hub.ports.trial."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote_from_bytes

from hub.ports.channel import RawRequest

OPTIONS = {
    "sendsms": "http://127.0.0.1:9/cgi-bin/sendsms",
    "username": "trial",
    "password": "of a trial alone",
    "key": "of-a-trial-alone",
}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A Cyrillic message, as smsbox asks for the address of channels/kannel/README.md."""
    words = quote_from_bytes(text.encode("utf-16-be"), safe="")
    query = (
        f"key={OPTIONS['key']}&from=%2B7900{who:07}&to=1234&textb={words}&coding=2"
        f"&charset=UTF-16BE&udh=&smsc=trial&id=trial-{number}&ts={at.timestamp():.0f}"
    )
    return RawRequest(
        account=account, method="GET", path=f"/in/{account}", query=query, received_at=at
    )
