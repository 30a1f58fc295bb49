"""Fields of a posted form or of an address as text: vendors post in more than one charset."""

from __future__ import annotations

from hub.forms import raw_fields
from hub.ports.channel import Malformed


def fields(said: bytes) -> dict[str, str]:
    """The first value of every name; UTF-8, else Windows-1251. Nothing where it is no form."""
    try:
        return {name: _text(value) for name, value in raw_fields(said).items()}
    except Malformed:
        return {}


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1251", "replace")


def without(query: str, names: frozenset[str]) -> str:
    """The query without these names."""
    return "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in names)
