"""Files of a message: what the hub keeps of them until their bytes are fetched."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote, unquote

from channels.max import shapes
from hub.domain.message import Attachment, stable_id

Kind = Literal["file", "photo", "voice", "audio", "video", "sticker"]
VIDEO = "video:"
"""A film has no address of its own: MAX is asked for one by its token."""

_KINDS: dict[str, tuple[Kind, str, str]] = {
    "image": ("photo", "image/jpeg", "photo-{}.jpg"),
    "video": ("video", "video/mp4", "video-{}.mp4"),
    "audio": ("voice", "audio/mpeg", "voice-{}.mp3"),
    "file": ("file", "application/octet-stream", "file-{}"),
    "sticker": ("sticker", "image/webp", "sticker-{}.webp"),
}


def attachments(key: str, found: list[shapes.Attachment]) -> list[Attachment]:
    """The files among attachments, ids stable over repeats of the event `key`."""
    made: list[Attachment] = []
    for number, one in enumerate(found, 1):
        ref = _ref(one)
        if one.type not in _KINDS or not ref:
            continue
        kind, mime, name = _KINDS[one.type]
        made.append(
            Attachment(
                id=stable_id(key, "file", str(number)),
                name=_safe(one.filename or "") or name.format(number),
                mime=mime,
                size=one.size or 0,
                kind=kind,
                ref=ref,
                state="pending",
                duration=one.duration or 0,
            )
        )
    return made


def film(ref: str) -> tuple[str, str]:
    """Token and fallback address of a film; empty if the file is none."""
    if not ref.startswith(VIDEO):
        return "", ""
    token, _, url = ref.removeprefix(VIDEO).partition(" ")
    return unquote(token), url


def _ref(one: shapes.Attachment) -> str:
    payload = one.payload
    if payload is None:
        return ""
    if one.type == "video" and payload.token:
        return f"{VIDEO}{quote(payload.token, safe='')} {payload.url or ''}".strip()
    return payload.url or ""


def _safe(name: str) -> str:
    """A name without folders and control characters, 200 characters at most, ending kept."""
    name = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    if len(name) <= 200:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 199 - len(ending)]}{dot}{ending}" if len(ending) < 20 else name[:200]
