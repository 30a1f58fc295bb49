"""Calls of made-up residents; see hub.ports.trial."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from channels.megafon.proof import FIELD
from hub.ports.channel import RawRequest

OPTIONS = {"token": "of a trial alone", "api": "http://127.0.0.1:9"}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A whole call of a minute in one event: its history, without a recording."""
    fields = {
        FIELD: OPTIONS["token"],
        "cmd": "history",
        "type": "in",
        "status": "Success",
        "phone": f"7900{who:07}",
        "user": "dispatcher",
        "ext": "11",
        "diversion": "74950000000",
        "start": f"{at - timedelta(seconds=70):%Y%m%dT%H%M%SZ}",
        "duration": "60",
        "callid": str(40_000_000 + number),
    }
    return RawRequest(
        account=account,
        method="POST",
        path=f"/in/{account}",
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=urlencode(fields).encode(),
        received_at=at,
    )
