"""Texts and captions on their way in: markup, limits and what Telegram finds in them itself."""

from __future__ import annotations

import re
from typing import Any

from bots.emulator.errors import bad_request
from bots.emulator.html import Entity, parse_html
from bots.emulator.utf16 import width

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024

_FOUND = (
    ("url", re.compile(r"\b(?:https?|tg)://[^\s<>«»\"]+[^\s<>«»\".,;:!?)]|\bt\.me/[\w/?=&%.+-]+")),
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?\b(?![/<>])")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31}\b")),
    ("phone_number", re.compile(r"(?<![\w+])\+\d[\d\s()-]{8,16}\d\b")),
    ("hashtag", re.compile(r"(?<!\w)#[^\W\d]\w*")),
)


def detect(text: str, known: list[Entity]) -> list[Entity]:
    """The entities given and those that Telegram finds by itself, in order."""
    found = list(known)
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            offset, length = width(text[: match.start()]), width(match.group())
            if all(
                offset + length <= other["offset"] or offset >= other["offset"] + other["length"]
                for other in found
            ):
                found.append({"type": kind, "offset": offset, "length": length})
    return sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    left = width(text) - width(text.lstrip())
    text = text.strip()
    whole = width(text)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - left)
        stop = min(whole, entity["offset"] - left + entity["length"])
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return text, kept


def marked(
    source: str, parse_mode: str | None, entities: list[dict[str, Any]] | None
) -> tuple[str, list[Entity]]:
    """Plain text and entities of what a bot sends."""
    if parse_mode is None or not parse_mode:
        text, known = source, entities or []
        if any(e["offset"] < 0 or e["offset"] + e["length"] > width(text) for e in known):
            raise bad_request("can't parse entities: entity is out of the text")
    elif parse_mode.lower() == "html":
        text, known = parse_html(source)
    else:
        raise bad_request("unsupported parse_mode")
    return _trimmed(text, known)


def text_of(
    source: str, parse_mode: str | None = None, entities: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Content fields of a text message; refuses what is empty or over 4096."""
    text, known = marked(source, parse_mode, entities)
    if not text:
        raise bad_request("message text is empty")
    if width(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return _fields("text", "entities", text, known)


def caption_of(
    source: str | None,
    parse_mode: str | None = None,
    entities: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Content fields of a caption; empty if there is none, refuses what is over 1024."""
    text, known = marked(source or "", parse_mode, entities)
    if width(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return _fields("caption", "caption_entities", text, known) if text else {}


def _fields(name: str, marks: str, text: str, known: list[Entity]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: text}
    found = detect(text, known)
    if found:
        fields[marks] = found
    return fields
