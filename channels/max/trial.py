"""Updates of made-up residents, by webhook; see hub.ports.trial."""

from __future__ import annotations

import json
from datetime import datetime

from channels.max.hook import HEADER
from hub.ports.channel import RawRequest

OPTIONS = {
    "token": "of-a-trial-alone",
    "secret": "of-a-trial-alone",
    "mode": "webhook",
    "api": "http://127.0.0.1:9",
}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A text message in a dialog."""
    moment = int(at.timestamp() * 1000)
    person = 700_000_000 + who
    update = {
        "update_type": "message_created",
        "timestamp": moment,
        "user_locale": "ru",
        "message": {
            "recipient": {"chat_id": person, "chat_type": "dialog", "user_id": 1},
            "timestamp": moment,
            "body": {"mid": f"mid.{number:032x}", "seq": number + 1, "text": text},
            "sender": {"user_id": person, "first_name": f"R{who}", "is_bot": False},
        },
    }
    return RawRequest(
        account=account,
        method="POST",
        path=f"/in/{account}",
        headers={"content-type": "application/json", HEADER: OPTIONS["secret"]},
        body=json.dumps(update).encode(),
        received_at=at,
    )
