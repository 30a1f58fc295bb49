"""What stands in a message, wherever it stands: in its own body or in what it forwards."""

from __future__ import annotations

from channels.max import shapes
from channels.max.texts import opened_links
from hub.domain.message import Location


def bodies(message: shapes.Message) -> list[shapes.Body]:
    """What was written, then what was forwarded with it."""
    link = message.link
    forwarded = link.message if link and link.type == "forward" else None
    return [body for body in (message.body, forwarded) if body is not None]


def attached(message: shapes.Message) -> list[shapes.Attachment]:
    """Everything that hangs on it."""
    return [one for body in bodies(message) for one in body.attachments or []]


def text(message: shapes.Message) -> str:
    """Everything in it that can be read."""
    parts = [opened_links(body.text or "", body.markup or []) for body in bodies(message)]
    said = "\n".join(part for part in parts if part)
    for one in attached(message):
        url = one.payload.url if one.type == "share" and one.payload else None
        if url and url not in said:
            said = f"{said}\n{url}".strip()
    return said


def location(found: list[shapes.Attachment]) -> Location | None:
    """The first place among attachments."""
    for one in found:
        if one.type == "location" and one.latitude is not None and one.longitude is not None:
            return Location(one.latitude, one.longitude)
    return None
