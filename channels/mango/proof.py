"""Who sent it: a hash over the very text that was posted, with a salt that both sides know.

Mango posts a form of `vpbx_api_key`, `sign` and `json`; sign = sha256(key + json + salt) in hex
(MANGO OFFICE VPBX API 1.10, «Подпись»). Our commands are signed in the same way.
"""

from __future__ import annotations

import hashlib
import hmac

from hub import forms
from hub.ports.channel import Forged, Malformed, RawRequest


def sign(key: str, said: bytes, salt: str) -> str:
    """The signature of a JSON text, as it goes over the wire."""
    return hashlib.sha256(key.encode() + said + salt.encode()).hexdigest()


def signed(key: str, said: bytes, salt: str) -> bytes:
    """A form that carries a JSON text and its proof."""
    return forms.encode({"vpbx_api_key": key, "sign": sign(key, said, salt), "json": said})


def prove(raw: RawRequest, key: str, salt: str) -> None:
    """Raise Forged unless the signature is that of this text; keep the text alone."""
    try:
        fields = forms.raw_fields(raw.body)
    except Malformed:
        raise Forged("not a form", 401) from None
    signature = fields.get("sign", b"")
    said = fields.get("json", b"")
    if not signature:
        raise Forged("not signed", 401)
    ours = sign(key, said, salt).encode()
    # Both are compared whatever the first one says, so that time tells nothing of either.
    named = hmac.compare_digest(fields.get("vpbx_api_key", b""), key.encode())
    if not (hmac.compare_digest(signature.lower(), ours) and named):
        raise Forged("wrong signature", 403)
    raw.body = forms.encode({"json": said})
