"""Texts as Telegram counts them: in UTF-16 code units."""

from __future__ import annotations

from collections.abc import Iterator

from channels.telegram.shapes import Entity


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def opened_links(text: str, entities: list[Entity], skip: int = 0) -> str:
    """The text with the addresses behind its links written out, without its first `skip` units."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    links = {
        (entity.offset + entity.length) * 2: entity.url
        for entity in entities
        if entity.type == "text_link" and entity.url
    }
    parts, at = [], skip * 2
    for end, url in sorted(links.items()):
        if end <= at or end > len(encoded):
            continue
        parts.append(encoded[at:end].decode("utf-16-le", "replace"))
        parts.append(f" ({url})")
        at = end
    parts.append(encoded[at:].decode("utf-16-le", "replace"))
    return "".join(parts).strip()


def split(text: str, limit: int) -> list[str]:
    """Parts of `limit` units at most, cut between paragraphs, else lines, else words."""
    return [part for part in _parts(text, limit) if part.strip()]


def _parts(text: str, limit: int) -> Iterator[str]:
    while units(text) > limit:
        head = _head(text, limit)
        for border in ("\n\n", "\n", " "):
            cut = head.rfind(border)
            # A border near the beginning would make a stump of a message.
            if cut > len(head) // 4:
                head = head[:cut]
                break
        yield head
        text = text[len(head) :].lstrip()
    yield text


def _head(text: str, limit: int) -> str:
    """As many characters as fit into `limit` units."""
    head = text[:limit]
    while (over := units(head) - limit) > 0:
        head = head[: len(head) - max(1, over // 2)]
    return head
