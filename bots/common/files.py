"""Files that staff send in a chat: from Telegram into the hub's file store."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import Message

from bots.common.talk import Talk
from hub.botapi.bot import stream
from hub.domain.errors import NotFound, StoreDown, TooLarge
from hub.domain.message import stable_id
from hub.domain.rights import require

MAX_DOWNLOAD = 20 * 1024 * 1024
"""Bytes a bot may fetch (core.telegram.org/bots/api#getfile)."""


@dataclass(frozen=True)
class Sent:
    """A file as a message holds it."""

    id: str
    name: str
    mime: str
    size: int


def sent_file(message: Message) -> Sent | None:
    """The file of a message, None if it has none."""
    number = message.message_id
    if message.photo:
        photo = max(message.photo, key=lambda size: size.width * size.height)
        return Sent(photo.file_id, f"photo-{number}.jpg", "image/jpeg", photo.file_size or 0)
    if voice := message.voice:
        name = f"voice-{number}.ogg"
        return Sent(voice.file_id, name, voice.mime_type or "audio/ogg", voice.file_size or 0)
    if note := message.video_note:
        return Sent(note.file_id, f"video-{number}.mp4", "video/mp4", note.file_size or 0)
    for file, name in (
        (message.video, f"video-{number}.mp4"),
        (message.audio, f"audio-{number}.mp3"),
        (message.animation, f"animation-{number}.mp4"),
        (message.document, f"file-{number}"),
    ):
        if file is not None:
            return Sent(
                file.file_id, file.file_name or name, file.mime_type or "", file.file_size or 0
            )
    return None


async def fetch(talk: Talk, file: Sent) -> str:
    """Bring the bytes into the store; returns the id of the stored file, the same for a repeat.

    Raises TooLarge, NotFound (Telegram does not have it any more), StoreDown (ask again later).
    """
    require(talk.me, "file.upload")
    if file.size > MAX_DOWNLOAD:
        raise TooLarge(limit=MAX_DOWNLOAD)
    deps = talk.services.deps
    ident = stable_id("staff-file", talk.row, file.id)
    if await deps.files.info(ident) is not None:
        return ident
    try:
        found = await talk.bot.bot.get_file(file.id)
        data = stream(talk.bot.bot, found.file_path or "", MAX_DOWNLOAD)
        await deps.files.put(
            ident,
            file.name[:200],
            data,
            case=0,
            by=talk.me.login,
            limit=deps.policy.max_file,
            mime=file.mime,
        )
    except (TelegramBadRequest, FileNotFoundError):
        raise NotFound(what="file", id=file.name) from None
    except ValueError:
        raise TooLarge(limit=MAX_DOWNLOAD) from None
    except (TelegramAPIError, ConnectionError):
        raise StoreDown(what="file", id=file.name) from None
    return ident
