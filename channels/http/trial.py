"""Messages of a made-up program; see hub.ports.trial."""

from __future__ import annotations

import json
from datetime import datetime

from channels.http.proof import signed
from hub.ports.channel import RawRequest

OPTIONS = {"secret": "of a trial alone"}


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A signed message."""
    message = {"id": f"m{number}", "from": {"external_id": f"resident-{who}"}, "text": text}
    body = json.dumps(message, ensure_ascii=False).encode()
    proof = signed(OPTIONS["secret"].encode(), at, body)
    return RawRequest(
        account=account,
        method="POST",
        path=f"/in/{account}",
        headers={
            "content-type": "application/json",
            **{name.lower(): value for name, value in proof.items()},
        },
        body=body,
        received_at=at,
    )
