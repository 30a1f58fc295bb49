"""Octets whose alphabet nobody named, or named wrongly: what phones in Russia mean by them."""

from __future__ import annotations

# High octets of UTF-16BE in Russian and Latin texts with their signs.
_HIGH = frozenset((0x00, 0x04, 0x20, 0x21, 0x22))
_MOST = 0.8


def looks_wide(data: bytes) -> bool:
    """Whether it can hardly be anything but UTF-16BE."""
    if len(data) < 2 or len(data) % 2:
        return False
    high = data[0::2]
    return sum(one in _HIGH for one in high) >= _MOST * len(high)


def text_of(data: bytes) -> str:
    """The likeliest reading: UTF-16BE, UTF-8, cp1251."""
    if looks_wide(data):
        return data.decode("utf-16-be", "replace")
    for charset in ("utf-8", "cp1251"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def wide(data: bytes) -> bytes:
    """The same as UTF-16BE; what is so already stays as it is, even if cut within a character."""
    return data if looks_wide(data) else text_of(data).encode("utf-16-be")
