"""Posted forms, byte for byte: what is signed is what was sent, not what it decodes to."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote_plus, unquote_to_bytes

from hub.ports.channel import Malformed

MOST = 200
"""Fields of one form; telephone exchanges post two dozen."""


def raw_fields(body: bytes) -> dict[str, bytes]:
    """Names and values of an urlencoded form; of a name that stands twice, the first value.

    Raises Malformed.
    """
    pairs = body.split(b"&", MOST)
    if len(pairs) > MOST:
        raise Malformed("too many fields")
    fields: dict[str, bytes] = {}
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        if not name:
            continue
        fields.setdefault(_bytes(name).decode("utf-8", "replace"), _bytes(value))
    return fields


def fields(body: bytes) -> dict[str, str]:
    """The same as text; bytes that are no UTF-8 are replaced."""
    return {name: value.decode("utf-8", "replace") for name, value in raw_fields(body).items()}


def encode(fields: Mapping[str, str | bytes]) -> bytes:
    """A form of these fields."""
    return "&".join(
        f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items()
    ).encode()


def _bytes(part: bytes) -> bytes:
    return unquote_to_bytes(part.replace(b"+", b" "))
