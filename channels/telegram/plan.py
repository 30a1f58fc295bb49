"""What is to be said → calls of the Bot API, in order. Pure.

Texts go without a parse mode: nothing that anybody wrote can become markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from aiogram import methods
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    KeyboardButton,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from channels.telegram.ids import Ids
from channels.telegram.texts import split, units
from hub.domain.message import Outbound, OutboundFile

TEXT = 4096
CAPTION = 1024
ALBUM = 10
PHOTO_BYTES = 10 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024

Open = Callable[[OutboundFile], InputFile]
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove

PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
_MEDIA = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "audio": InputMediaAudio,
    "document": InputMediaDocument,
}


@dataclass
class Step:
    """One call. `harmless`: a repeat of it changes nothing. `optional`: prettier with it."""

    method: methods.TelegramMethod[Any]
    harmless: bool = False
    optional: bool = False


def plan(out: Outbound, ids: Ids, open_file: Open) -> list[Step]:
    """The calls that send `out`; `open_file` gives the bytes of a stored file."""
    chat = int(out.to.to)
    text = f"{out.text}\n\n{out.signature}" if out.signature and out.text else out.text
    if out.edit:
        return [_edit(out, text, chat, ids.number(chat, out.edit))]
    quoted = ids.number(chat, out.in_reply_to) if out.in_reply_to else 0
    steps = _said(out, chat, text, quoted, open_file)
    if out.reaction and quoted:
        steps.append(
            Step(
                methods.SetMessageReaction(
                    chat_id=chat,
                    message_id=quoted,
                    reaction=[ReactionTypeEmoji(emoji=out.reaction)],
                ),
                harmless=True,
                optional=bool(steps),
            )
        )
    return steps


def _said(out: Outbound, chat: int, text: str, quoted: int, open_file: Open) -> list[Step]:
    groups = _groups(out.files)
    # Buttons and keys can hang on a message of text, but on no album.
    captioned = (
        bool(groups)
        and 0 < units(text) <= CAPTION
        and groups[0][0] != "voice"
        and (len(groups[0][1]) == 1 or not (out.buttons or out.keyboard))
    )
    made: list[methods.TelegramMethod[Any]] = [
        methods.SendMessage(chat_id=chat, text=part)
        for part in ([] if captioned else split(text, TEXT))
    ]
    for index, (kind, files) in enumerate(groups):
        made.append(_sent(chat, kind, files, text if captioned and index == 0 else "", open_file))
    if not made:
        return []
    if quoted:
        # A resident may have deleted what we quote: the answer goes out all the same.
        made[0] = made[0].model_copy(
            update={
                "reply_parameters": ReplyParameters(
                    message_id=quoted, allow_sending_without_reply=True
                )
            }
        )
    return [Step(method) for method in _with_keys(made, out)]


def _with_keys(
    made: list[methods.TelegramMethod[Any]], out: Outbound
) -> list[methods.TelegramMethod[Any]]:
    """Hang the keyboard on the first and the buttons on the last message that can bear them."""
    able = [at for at, one in enumerate(made) if "reply_markup" in type(one).model_fields]
    hung: dict[int, Markup] = {}
    if able and out.keyboard:
        hung[able[0]] = keyboard(out)
    elif able and out.no_keyboard:
        hung[able[0]] = ReplyKeyboardRemove(remove_keyboard=True)
    if able and out.buttons:
        # One message bears one of the two: buttons are about what it says.
        hung[able[-1]] = buttons(out)
    return [
        one.model_copy(update={"reply_markup": hung[at]}) if at in hung else one
        for at, one in enumerate(made)
    ]


def buttons(out: Outbound) -> InlineKeyboardMarkup:
    """Buttons under the message."""
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=key.text, callback_data=key.data) for key in row]
            for row in out.buttons
        ]
    )


def keyboard(out: Outbound) -> ReplyKeyboardMarkup:
    """Standing keys below the input line."""
    return ReplyKeyboardMarkup(
        keyboard=[
            [
                KeyboardButton(text=key.text, request_contact=True if key.ask == "phone" else None)
                for key in row
            ]
            for row in out.keyboard
        ],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


def _edit(out: Outbound, text: str, chat: int, message: int) -> Step:
    parts = split(text, TEXT) or [""]
    return Step(
        methods.EditMessageText(
            chat_id=chat,
            message_id=message,
            text=parts[0],
            reply_markup=buttons(out) if out.buttons else None,
        ),
        harmless=True,
    )


def kind_of(file: OutboundFile) -> str:
    """As what Telegram shows a file best."""
    mime = file.mime.partition(";")[0].strip().lower()
    if mime in PHOTOS and file.size <= PHOTO_BYTES:
        return "photo"
    if mime in {"audio/ogg", "audio/opus"}:
        return "voice"
    if mime == "video/mp4":
        return "video"
    if mime in {"audio/mpeg", "audio/mp4", "audio/x-m4a"}:
        return "audio"
    return "document"


def _groups(files: Iterable[OutboundFile]) -> list[tuple[str, list[OutboundFile]]]:
    """Files that go together: neighbours of one kind, ten at most; voices one by one."""
    groups: list[tuple[str, list[OutboundFile]]] = []
    for kind, same in groupby(files, kind_of):
        many = list(same)
        size = 1 if kind == "voice" else ALBUM
        groups += [(kind, many[at : at + size]) for at in range(0, len(many), size)]
    return groups


def _sent(
    chat: int, kind: str, files: list[OutboundFile], caption: str, open_file: Open
) -> methods.TelegramMethod[Any]:
    if len(files) > 1:
        make = _MEDIA[kind]
        return methods.SendMediaGroup(
            chat_id=chat,
            media=[
                make(media=open_file(file), caption=(caption or None) if at == 0 else None)
                for at, file in enumerate(files)
            ],
        )
    file, words = open_file(files[0]), caption or None
    match kind:
        case "photo":
            return methods.SendPhoto(chat_id=chat, photo=file, caption=words)
        case "voice":
            return methods.SendVoice(chat_id=chat, voice=file)
        case "video":
            return methods.SendVideo(chat_id=chat, video=file, caption=words)
        case "audio":
            return methods.SendAudio(chat_id=chat, audio=file, caption=words)
    return methods.SendDocument(chat_id=chat, document=file, caption=words)
