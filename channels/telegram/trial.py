"""Updates of made-up residents, by webhook; see hub.ports.trial."""

from __future__ import annotations

import json
from datetime import datetime

from hub.botapi.webhook import HEADER
from hub.ports.channel import RawRequest

OPTIONS = {
    "token": "1000:trial",
    "mode": "webhook",
    "secret": "of-a-trial-alone",
    "api": "http://127.0.0.1:9",
}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A text message in a private chat."""
    person = {"id": 7_000_000 + who, "is_bot": False, "first_name": f"R{who}"}
    message = {
        "message_id": number + 1,
        "from": person,
        "chat": {"id": person["id"], "first_name": person["first_name"], "type": "private"},
        "date": int(at.timestamp()),
        "text": text,
    }
    return RawRequest(
        account=account,
        method="POST",
        path=f"/in/{account}",
        headers={
            "content-type": "application/json",
            HEADER: OPTIONS["secret"],
        },
        body=json.dumps({"update_id": number + 1, "message": message}).encode(),
        received_at=at,
    )
