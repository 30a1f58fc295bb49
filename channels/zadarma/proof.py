"""Who sent it: a header over some fields of the form, which fields depends on the event.

Signature = base64 of the *hex text* of hmac-sha1(secret, fields joined), as the vendors' own
libraries have it (zadarma/user-api-v1 and novofon/user-api-v1, lib/Webhook and lib/Client.php).
What is not among these fields is not proven: the same signature fits NOTIFY_START and NOTIFY_END
of one call.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

from hub import forms
from hub.ports.channel import Forged, Malformed, RawRequest

HEADER = "signature"

_INCOMING = ("caller_id", "called_did", "call_start")
_OUTGOING = ("internal", "destination", "call_start")
SIGNED: Mapping[str, tuple[str, ...]] = {
    "NOTIFY_START": _INCOMING,
    "NOTIFY_INTERNAL": _INCOMING,
    "NOTIFY_IVR": _INCOMING,
    "NOTIFY_END": _INCOMING,
    "NOTIFY_ANSWER": ("caller_id", "destination", "call_start"),
    "NOTIFY_OUT_START": _OUTGOING,
    "NOTIFY_OUT_END": _OUTGOING,
    "NOTIFY_RECORD": ("pbx_call_id", "call_id_with_rec"),
}
"""Event → the fields that are signed, in their order."""


def digest(secret: str, said: str) -> str:
    """A signature of Zadarma, of their events and of our requests alike."""
    made = hmac.new(secret.encode(), said.encode(), hashlib.sha1).hexdigest()
    return base64.b64encode(made.encode()).decode()


def sign(secret: str, fields: Mapping[str, str]) -> str:
    """The header's value for an event; empty for one that we do not know how to prove."""
    signed = SIGNED.get(fields.get("event", ""))
    if signed is None:
        return ""
    return digest(secret, "".join(fields.get(name, "") for name in signed))


def prove(raw: RawRequest, secret: str) -> None:
    """Raise Forged unless the header is right; take it out of what is kept."""
    told = raw.headers.pop(HEADER, "")
    if not told:
        raise Forged("not signed", 401)
    try:
        ours = sign(secret, forms.fields(raw.body))
    except Malformed:
        ours = ""
    if not ours or not hmac.compare_digest(told.encode(), ours.encode()):
        raise Forged("wrong signature", 403)


def authorization(key: str, secret: str, path: str, params: Mapping[str, str]) -> tuple[str, str]:
    """Query and `Authorization` header of a request to the API.

    `path` begins with «/v1/» and ends with «/», as it is signed and asked.
    """
    query = urlencode(sorted(params.items()))
    checked = hashlib.md5(query.encode(), usedforsecurity=False).hexdigest()
    return query, f"{key}:{digest(secret, path + query + checked)}"
