"""Short messages of made-up residents; see hub.ports.trial."""

from __future__ import annotations

import json
from datetime import datetime

from hub.ports.channel import RawRequest

OPTIONS = {"api_key": "of-a-trial-alone", "sender": "79990000000", "api": "http://127.0.0.1:9"}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A message of the list, as the poller hands it over."""
    told = {
        "message_id": str(number + 1),
        "date": at.isoformat(),
        "sender": f"7916{who:07d}",
        "receiver": OPTIONS["sender"],
        "text": text,
        "direction": 1,
    }
    return RawRequest(
        account=account, method="POLL", body=json.dumps(told).encode(), received_at=at
    )
