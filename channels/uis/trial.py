"""Calls of made-up residents; see hub.ports.trial."""

from __future__ import annotations

import json
from datetime import datetime

from hub.ports.channel import RawRequest

OPTIONS = {"key": "of-a-trial-alone"}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A whole call of a minute in one event: its end."""
    event = {
        "event": "ended",
        "talk_time_duration": 50,
        "wait_time_duration": 10,
        "total_time_duration": 60,
        "call_session_id": 1_400_000_000 + number,
        "virtual_phone_number": "74950000000",
        "contact_phone_number": f"7900{who:07}",
        "direction": "in",
        "notification_timestamp": int(at.timestamp()),
        "employee_id": 11,
        "extension_phone_number": "11",
    }
    return RawRequest(
        account=account,
        method="POST",
        path=f"/in/{account}",
        query=f"key={OPTIONS['key']}",
        headers={"content-type": "application/json"},
        body=json.dumps(event).encode(),
        received_at=at,
    )
