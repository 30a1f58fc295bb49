"""Messages of made-up residents of the app; see hub.ports.trial."""

from __future__ import annotations

import json
from datetime import datetime

from channels.app.wire import RESIDENT, written
from hub.ports.channel import RawRequest
from hub.ports.residentapp import APP, AppResident

OPTIONS = {
    "issuer": "trial",
    "audience": "trial",
    "hs256": "of a trial alone, and as long as a key must be",
    "push_url": "http://127.0.0.1:9/push",
    "push_secret": "of a trial alone",
}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A message as the hub keeps it once the resident was proven."""
    said = {"type": "message", "id": f"m{number}", "text": text, "thread": f"talk-{who}"}
    return RawRequest(
        account=account,
        method=APP,
        path="/app/v1",
        headers={
            "content-type": "application/json",
            RESIDENT: written(AppResident(id=f"resident-{who}", name=f"R{who}")),
        },
        body=json.dumps(said).encode(),
        received_at=at,
    )
