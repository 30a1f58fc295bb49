"""Calls of made-up residents; see hub.ports.trial."""

from __future__ import annotations

import json
from datetime import datetime

from channels.mango.proof import signed
from hub.ports.channel import RawRequest

OPTIONS = {"api_key": "of a trial", "salt": "of a trial alone", "api": "http://127.0.0.1:9"}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A whole call of a minute in one event: its summary."""
    ended = int(at.timestamp())
    summary = {
        "entry_id": f"e{number}",
        "call_direction": 1,
        "line_number": "74950000000",
        "create_time": ended - 70,
        "forward_time": ended - 65,
        "talk_time": ended - 60,
        "end_time": ended,
        "entry_result": 1,
        "disconnect_reason": 1110,
        "from": {"number": f"7900{who:07}"},
        "to": {"extension": "11", "number": "11"},
    }
    said = json.dumps(summary).encode()
    return RawRequest(
        account=account,
        method="POST",
        path=f"/in/{account}/events/summary",
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=signed(OPTIONS["api_key"], said, OPTIONS["salt"]),
        received_at=at,
    )
