"""Fields of a posted form or of an address, byte by byte: vendors post in more than one charset."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

MANY = 1000


def fields(said: bytes) -> dict[str, str]:
    """The first value of every name, as text; UTF-8, else Windows-1251."""
    found: dict[str, str] = {}
    for pair in said.split(b"&", MANY)[:MANY]:
        name, equals, value = pair.partition(b"=")
        if not equals:
            continue
        key = _text(name)
        if key not in found:
            found[key] = _text(value)
    return found


def _text(value: bytes) -> str:
    data = unquote_to_bytes(value.replace(b"+", b" "))
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1251", "replace")


def without(query: str, names: frozenset[str]) -> str:
    """The query without these names."""
    return "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in names)
