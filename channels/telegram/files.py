"""Files of a message: what the hub keeps of them until their bytes are fetched."""

from __future__ import annotations

from typing import Literal

from channels.telegram.shapes import File, Message
from hub.domain.message import Attachment, stable_id

Kind = Literal["file", "photo", "voice", "audio", "video", "sticker"]


def attachments(key: str, message: Message) -> list[Attachment]:
    """The files of a message, ids stable over repeats of the event `key`."""
    found = _found(message)
    if found is None:
        return []
    file, kind, mime, name = found
    return [
        Attachment(
            id=stable_id(key, "file"),
            name=_safe(file.file_name) or name,
            mime=file.mime_type or mime,
            size=file.file_size,
            kind=kind,
            ref=file.file_id,
            state="pending",
            duration=file.duration,
        )
    ]


def _found(message: Message) -> tuple[File, Kind, str, str] | None:
    number = message.message_id
    if message.photo:
        # The same picture in several sizes: the largest is the picture.
        largest = max(message.photo, key=lambda size: (size.width * size.height, size.file_size))
        return largest, "photo", "image/jpeg", f"photo-{number}.jpg"
    if message.voice:
        return message.voice, "voice", "audio/ogg", f"voice-{number}.ogg"
    if message.video_note:
        return message.video_note, "video", "video/mp4", f"video-{number}.mp4"
    if message.video:
        return message.video, "video", "video/mp4", f"video-{number}.mp4"
    if message.audio:
        return message.audio, "audio", "audio/mpeg", f"audio-{number}.mp3"
    if message.animation:
        return message.animation, "video", "video/mp4", f"animation-{number}.mp4"
    if message.sticker:
        return message.sticker, "sticker", *_sticker(message.sticker, number)
    if message.document:
        return message.document, "file", "application/octet-stream", f"file-{number}"
    return None


def _sticker(file: File, number: int) -> tuple[str, str]:
    if file.is_animated:
        return "application/x-tgsticker", f"sticker-{number}.tgs"
    if file.is_video:
        return "video/webm", f"sticker-{number}.webm"
    return "image/webp", f"sticker-{number}.webp"


def _safe(name: str) -> str:
    """A name without folders and control characters, 200 characters at most, ending kept."""
    name = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    if len(name) <= 200:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: 199 - len(ending)]}{dot}{ending}" if len(ending) < 20 else name[:200]
