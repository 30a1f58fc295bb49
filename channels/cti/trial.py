"""Calls of made-up residents; see hub.ports.trial."""

from __future__ import annotations

import json
from datetime import datetime

from hub.ports.channel import RawRequest

OPTIONS = {"key": "of-a-trial-alone"}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A call that rings."""
    event = {
        "event": "newCall",
        "from": f"7900{who:07}",
        "to": "74950000000",
        "direction": "in",
        "callId": f"call-{number}",
        "user": ["11"],
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
