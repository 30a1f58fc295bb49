"""Pictures, voices, files and albums."""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    GetFile,
    SendAnimation,
    SendAudio,
    SendDocument,
    SendMediaGroup,
    SendPhoto,
    SendSticker,
    SendVideo,
    SendVideoNote,
    SendVoice,
)

from bots.emulator.errors import bad_request
from bots.emulator.files import DOWNLOAD_LIMIT, StoredFile, media_of
from bots.emulator.methods.places import find_chat, replied, speak_in
from bots.emulator.methods.registry import Call, method
from bots.emulator.methods.sending import answered, chosen, plain_entities
from bots.emulator.posting import post
from bots.emulator.sounds import is_voice, ogg_seconds
from bots.emulator.texts import caption_of
from bots.emulator.wire import message_json

_WRONG = "wrong file identifier/HTTP URL specified"


async def take_file(call: Call, kind: str, value: Any, about: Any) -> tuple[str, StoredFile]:
    """The file meant by a field, and what it is: a voice that is not one becomes a document."""
    if isinstance(value, str) and not value.startswith("attach://"):
        known = call.world.files.known(call.bot_id, value)
        if known is None:
            raise bad_request(_WRONG)
        if known.kind != kind and "document" not in (known.kind, kind):
            raise bad_request(
                f"can't use file of type {known.kind.capitalize()} as {kind.capitalize()}"
            )
        return known.kind, known
    name = value.removeprefix("attach://") if isinstance(value, str) else kind
    upload = call.uploads.get(name)
    if upload is None:
        raise bad_request(
            _WRONG if isinstance(value, str) else f"there is no {kind} in the request"
        )
    seconds = _number(about, "duration")
    if kind == "voice":
        if not is_voice(upload.data, upload.mime):
            kind = "document"
        seconds = seconds or ogg_seconds(upload.data)
    file = await call.world.files.keep(
        kind, upload, _number(about, "width"), _number(about, "height"), seconds
    )
    return kind, file


def _number(about: Any, name: str) -> int:
    value = getattr(about, name, None)
    return int(value) if isinstance(value, int | float) else 0


def _words(about: Any) -> dict[str, Any]:
    return caption_of(
        about.caption, chosen(about.parse_mode), plain_entities(about.caption_entities)
    )


async def _send_file(call: Call, asked: Any, kind: str) -> dict[str, Any]:
    find_chat(call, asked.chat_id)
    content = _words(asked) if hasattr(asked, "caption") else {}
    kind, file = await take_file(call, kind, getattr(asked, kind), asked)
    about = {"performer": getattr(asked, "performer", None), "title": getattr(asked, "title", None)}
    return await answered(call, asked, media_of(file, kind, about) | content)


@method(SendPhoto)
async def send_photo(call: Call, asked: SendPhoto) -> dict[str, Any]:
    return await _send_file(call, asked, "photo")


@method(SendDocument)
async def send_document(call: Call, asked: SendDocument) -> dict[str, Any]:
    return await _send_file(call, asked, "document")


@method(SendVoice)
async def send_voice(call: Call, asked: SendVoice) -> dict[str, Any]:
    return await _send_file(call, asked, "voice")


@method(SendVideo)
async def send_video(call: Call, asked: SendVideo) -> dict[str, Any]:
    return await _send_file(call, asked, "video")


@method(SendVideoNote)
async def send_video_note(call: Call, asked: SendVideoNote) -> dict[str, Any]:
    return await _send_file(call, asked, "video_note")


@method(SendAudio)
async def send_audio(call: Call, asked: SendAudio) -> dict[str, Any]:
    return await _send_file(call, asked, "audio")


@method(SendAnimation)
async def send_animation(call: Call, asked: SendAnimation) -> dict[str, Any]:
    return await _send_file(call, asked, "animation")


@method(SendSticker)
async def send_sticker(call: Call, asked: SendSticker) -> dict[str, Any]:
    return await _send_file(call, asked, "sticker")


@method(SendMediaGroup)
async def send_media_group(call: Call, asked: SendMediaGroup) -> list[dict[str, Any]]:
    find_chat(call, asked.chat_id)
    if len(asked.media) > 10:
        raise bad_request("too many messages to send as an album")
    if len(asked.media) < 2:
        raise bad_request("album must contain 2-10 items")
    kinds = {item.type for item in asked.media}
    if kinds & {"document", "audio"} and len(kinds) > 1:
        raise bad_request("can't parse media: documents and audio can't be mixed with other types")
    contents = []
    for item in asked.media:
        kind, content = await album_item(call, item)
        if kind not in kinds:
            raise bad_request("can't parse media: wrong type of the file")
        contents.append(content)
    chat = speak_in(call, asked.chat_id, asked.message_thread_id, len(contents))
    reply_to = replied(call, chat, asked.reply_parameters, asked.reply_to_message_id)
    album = call.world.token()
    posted = [
        post(
            call.world,
            chat,
            call.bot_id,
            content,
            reply_to=reply_to,
            thread=asked.message_thread_id,
            album=album,
        )
        for content in contents
    ]
    return [message_json(call.world, message, call.bot_id) for message in posted]


async def album_item(call: Call, item: Any) -> tuple[str, dict[str, Any]]:
    """Kind and content of an `InputMedia`."""
    kind, file = await take_file(call, str(item.type), item.media, item)
    about = {"performer": getattr(item, "performer", None), "title": getattr(item, "title", None)}
    return kind, media_of(file, kind, about) | _words(item)


@method(GetFile)
async def get_file(call: Call, asked: GetFile) -> dict[str, Any]:
    file = call.world.files.known(call.bot_id, asked.file_id)
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if file.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {
        "file_id": asked.file_id,
        "file_unique_id": f"AQAD{file.key}",
        "file_size": file.size,
        "file_path": file.path,
    }
