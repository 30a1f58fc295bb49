"""Short messages of made-up residents; see hub.ports.trial."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from hub.ports.channel import RawRequest

OPTIONS = {"api_key": "of-a-trial-alone", "key": "of-a-trial-alone", "api": "http://127.0.0.1:9"}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A message as it is posted."""
    told = {
        "id": str(number + 1),
        "phone": f"7916{who:07d}",
        "mes": text,
        "to": "79990000000",
        "ts": f"{at.timestamp():.0f}",
    }
    return RawRequest(
        account=account,
        method="POST",
        path=f"/in/{account}",
        query=f"key={OPTIONS['key']}",
        headers={"content-type": "application/x-www-form-urlencoded"},
        body=urlencode(told).encode(),
        received_at=at,
    )
