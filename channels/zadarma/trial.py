"""Calls of made-up residents; see hub.ports.trial."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from channels.zadarma.proof import HEADER, sign
from hub.ports.channel import RawRequest

OPTIONS = {
    "api_key": "of a trial",
    "secret": "of a trial alone",
    "api": "http://127.0.0.1:9",
    "timezone": "UTC",
}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A whole call of a minute in one event: its end, without a recording."""
    fields = {
        "event": "NOTIFY_END",
        "internal": "101",
        "duration": "60",
        "disposition": "answered",
        "status_code": "16",
        "is_recorded": "0",
        "call_id_with_rec": "",
        "call_start": f"{at - timedelta(seconds=70):%Y-%m-%d %H:%M:%S}",
        "pbx_call_id": f"in_{number}",
        "caller_id": f"+7900{who:07}",
        "called_did": "74950000000",
    }
    return RawRequest(
        account=account,
        method="POST",
        path=f"/in/{account}",
        headers={
            "content-type": "application/x-www-form-urlencoded",
            HEADER: sign(OPTIONS["secret"], fields),
        },
        body=urlencode(fields).encode(),
        received_at=at,
    )
