"""Texts as MAX counts them at the strictest: in UTF-16 code units."""

from __future__ import annotations

from collections.abc import Iterator

from channels.max.shapes import Markup


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def opened_links(text: str, markup: list[Markup]) -> str:
    """The text with the addresses behind its links written out."""
    encoded = text.encode("utf-16-le")
    ends = {
        (mark.start + mark.length) * 2: mark.url
        for mark in markup
        if mark.type == "link" and mark.url and mark.start >= 0 and mark.length > 0
    }
    parts, at = [], 0
    for end, url in sorted(ends.items()):
        if not at < end <= len(encoded):
            continue
        shown = encoded[at:end].decode("utf-16-le", "replace")
        parts.append(shown if shown.endswith(url) else f"{shown} ({url})")
        at = end
    parts.append(encoded[at:].decode("utf-16-le", "replace"))
    return "".join(parts).strip()


def cut(text: str, limit: int) -> str:
    """At most `limit` units, with a sign that something is missing."""
    return text if units(text) <= limit else f"{_head(text, limit - 1).rstrip()}…"


def split(text: str, limit: int) -> list[str]:
    """Parts of `limit` units at most, cut between paragraphs, else lines, else words."""
    return [part for part in _parts(text, limit) if part.strip()]


def _parts(text: str, limit: int) -> Iterator[str]:
    while units(text) > limit:
        head = _head(text, limit)
        for border in ("\n\n", "\n", " "):
            at = head.rfind(border)
            # A border near the beginning would leave a stump of a message.
            if at > len(head) // 4:
                head = head[:at]
                break
        yield head
        text = text[len(head) :].lstrip()
    yield text


def _head(text: str, limit: int) -> str:
    """As many characters as fit into `limit` units."""
    used = 0
    for at, char in enumerate(text):
        used += 2 if ord(char) > 0xFFFF else 1
        if used > limit:
            return text[:at]
    return text
