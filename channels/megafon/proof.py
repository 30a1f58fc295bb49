"""Who sent it: a key of our own choice that stands in every request, the same each time."""

from __future__ import annotations

import hmac

from channels.megafon.shapes import posted
from hub import forms
from hub.ports.channel import Forged, Malformed, RawRequest

FIELD = "crm_token"


def prove(raw: RawRequest, token: str) -> None:
    """Raise Forged unless the request names our key; keep its fields without it, as a form."""
    try:
        fields = posted(raw.body)
    except Malformed:
        raise Forged("not a form", 401) from None
    told = fields.pop(FIELD, "")
    if not told:
        raise Forged("no token", 401)
    if not hmac.compare_digest(told.encode(), token.encode()):
        raise Forged("wrong token", 403)
    raw.body = forms.encode(fields)
