"""Words, places, people: what is sent without a file."""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    SendChatAction,
    SendContact,
    SendDice,
    SendLocation,
    SendMessage,
    SendVenue,
)

from bots.emulator.chats import Message
from bots.emulator.errors import bad_request
from bots.emulator.methods.places import check_thread, find_chat, placed, replied, speak_in
from bots.emulator.methods.registry import Call, method
from bots.emulator.posting import post
from bots.emulator.texts import text_of
from bots.emulator.wire import message_json

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
FOR_EVER = 0x7FFFFFFF


def chosen(value: Any) -> Any:
    """What the bot said itself; aiogram marks what was left out with a `Default`."""
    return value if isinstance(value, str | bool | int) else None


def plain_entities(entities: Any) -> list[dict[str, Any]] | None:
    if entities is None:
        return None
    return [entity.model_dump(mode="json", exclude_none=True) for entity in entities]


def deliver(call: Call, asked: Any, content: dict[str, Any]) -> Message:
    """Post what is ready: the part that every send method has in common."""
    chat = speak_in(call, asked.chat_id, asked.message_thread_id)
    reply_to = replied(
        call,
        chat,
        asked.reply_parameters,
        asked.reply_to_message_id,
        asked.allow_sending_without_reply,
    )
    return post(
        call.world,
        chat,
        call.bot_id,
        content,
        reply_to=reply_to,
        thread=asked.message_thread_id,
        markup=placed(call, chat, asked.reply_markup),
    )


async def answered(call: Call, asked: Any, content: dict[str, Any]) -> dict[str, Any]:
    return message_json(call.world, deliver(call, asked, content), call.bot_id)


@method(SendMessage)
async def send_message(call: Call, asked: SendMessage) -> dict[str, Any]:
    find_chat(call, asked.chat_id)
    content = text_of(asked.text, chosen(asked.parse_mode), plain_entities(asked.entities))
    return await answered(call, asked, content)


@method(SendLocation)
async def send_location(call: Call, asked: SendLocation) -> dict[str, Any]:
    where: dict[str, Any] = place(asked.latitude, asked.longitude)
    if asked.live_period is not None:
        where["live_period"] = live_period(asked.live_period)
    return await answered(call, asked, {"location": where})


@method(SendVenue)
async def send_venue(call: Call, asked: SendVenue) -> dict[str, Any]:
    where = place(asked.latitude, asked.longitude)
    venue = {"location": where, "title": asked.title, "address": asked.address}
    return await answered(call, asked, {"venue": venue, "location": where})


@method(SendContact)
async def send_contact(call: Call, asked: SendContact) -> dict[str, Any]:
    if not asked.phone_number or not asked.first_name:
        raise bad_request("contact phone number and first name must be non-empty")
    contact = {"phone_number": asked.phone_number, "first_name": asked.first_name}
    if asked.last_name:
        contact["last_name"] = asked.last_name
    return await answered(call, asked, {"contact": contact})


@method(SendDice)
async def send_dice(call: Call, asked: SendDice) -> dict[str, Any]:
    dice = {"emoji": asked.emoji or "🎲", "value": call.world.rng.randint(1, 6)}
    return await answered(call, asked, {"dice": dice})


@method(SendChatAction)
async def send_chat_action(call: Call, asked: SendChatAction) -> bool:
    chat = find_chat(call, asked.chat_id)
    check_thread(chat, asked.message_thread_id)
    if asked.action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.world.feed.tell("action", chat.key, {"action": asked.action})
    return True


def place(latitude: float, longitude: float) -> dict[str, float]:
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        raise bad_request("bad location")
    return {"latitude": latitude, "longitude": longitude}


def live_period(seconds: int) -> int:
    if not (60 <= seconds <= 86400 or seconds == FOR_EVER):
        raise bad_request("wrong live period specified")
    return seconds
