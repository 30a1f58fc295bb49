"""What the virtual exchange of MegaFon posts and is answered (its REST API for one's own CRM).

A form, and by the document's own example sometimes a JSON object of the same fields.
"""

from __future__ import annotations

import msgspec

from hub import forms
from hub.ports.channel import Malformed

object_of_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_scalar = msgspec.json.Decoder(str | int | float | bool | None)


def posted(body: bytes) -> dict[str, str]:
    """The fields of a request, of whichever of the two kinds. Raises Malformed."""
    if body.lstrip()[:1] != b"{":
        return forms.fields(body)
    try:
        told = object_of_fields.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return forms.fields(body)
    fields: dict[str, str] = {}
    for name, value in list(told.items())[: forms.MOST]:
        try:
            one = _scalar.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Malformed("Expected fields that are text") from None
        fields[name] = "" if one is None else str(one)
    return fields


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to `cmd=contact`: who calls, and whom to ring first (login or extension)."""

    contact_name: str = ""
    responsible: str = ""
