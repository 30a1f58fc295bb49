"""Who sent it: the format knows no signature, so the secret stands in the address it is sent to."""

from __future__ import annotations

import hmac

from hub import forms
from hub.ports.channel import Forged, Malformed, RawRequest

FIELD = "key"


def prove(raw: RawRequest, key: str) -> None:
    """Raise Forged unless the address carries our key; keep the address without it."""
    try:
        fields = forms.raw_fields(raw.query.encode())
    except Malformed:
        raise Forged("no key", 401) from None
    told = fields.pop(FIELD, b"")
    if not told:
        raise Forged("no key", 401)
    if not hmac.compare_digest(told, key.encode()):
        raise Forged("wrong key", 403)
    raw.query = forms.encode(fields).decode()
