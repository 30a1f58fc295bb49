"""What a person asks of a bot by pressing and by inline mode, and the Mini Apps that open so."""

from __future__ import annotations

import asyncio
import zlib
from typing import Any

from bots.emulator.chats import Message
from bots.emulator.errors import PhoneError
from bots.emulator.menus import menu_button
from bots.emulator.phones.acts import Phone
from bots.emulator.posting import post
from bots.emulator.webapps import opened
from bots.emulator.wire import message_json
from bots.emulator.world import Bot, Query

APP_DATA_BYTES = 4096


async def press(
    phone: Phone, message_id: int, row: int, column: int, wait: float
) -> dict[str, Any]:
    """Press a button under a message; what the bot answered within `wait` seconds, or {}."""
    message = phone.seen(message_id)
    rows = message.markup["inline_keyboard"] if message.markup else []
    if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
        raise PhoneError("no such button", 409)
    button = rows[row][column]
    bot = phone.world.bots[message.via_bot or message.sender]
    if "web_app" in button:
        return _open(phone, bot, button["web_app"]["url"], asks=True)
    if "callback_data" not in button:
        return {"url": button.get("url", "")}
    query = _ask(phone, bot.id)
    bot.queries[query.id] = query
    bot.mailbox.put(
        "callback_query",
        {
            "id": query.id,
            "from": phone.person.user(),
            "chat_instance": str(zlib.crc32(phone.chat.key.encode())),
            # What was sent by inline mode is known to the bot by its inline id alone.
            **(
                {"inline_message_id": message.inline_id}
                if message.inline_id
                else {"message": message_json(phone.world, message, bot.id)}
            ),
            "data": button["callback_data"],
        },
    )
    return await _answer(query, wait)


async def ask_inline(phone: Phone, bot_id: int, words: str, wait: float) -> dict[str, Any]:
    """Type `@bot words`; what the bot offers."""
    bot = phone.world.bots[bot_id]
    query = _ask(phone, bot_id)
    bot.queries[query.id] = query
    bot.mailbox.put(
        "inline_query",
        {
            "id": query.id,
            "from": phone.person.user(),
            "query": words,
            "offset": "",
            "chat_type": "sender" if phone.chat.private else phone.chat.kind,
        },
    )
    return await _answer(query, wait)


def choose_inline(phone: Phone, bot_id: int, query: str, result: dict[str, Any]) -> Message:
    """Send what was chosen from the bot's offers."""
    phone.may_speak(None)
    message = post(
        phone.world,
        phone.chat,
        phone.person.id,
        dict(result["content"]),
        markup=result.get("markup"),
        via_bot=bot_id,
    )
    phone.world.bots[bot_id].mailbox.put(
        "chosen_inline_result",
        {
            "result_id": result["id"],
            "from": phone.person.user(),
            "query": query,
            **({"inline_message_id": message.inline_id} if message.inline_id else {}),
        },
    )
    return message


def open_app(phone: Phone, label: str = "") -> dict[str, Any]:
    """Open the bot's Mini App: by the button beside the input field, or by a button of the
    bot's own keyboard that bears `label`."""
    phone.private()
    bot = phone.world.bots[phone.chat.bots[0]]
    if label:
        rows = (phone.chat.keyboard or {}).get("keyboard", [])
        keys = [key for row in rows for key in row if key["text"] == label]
        if not keys or "web_app" not in keys[0]:
            raise PhoneError("no such button", 409)
        # Such an app answers by sending data, and has no query to answer.
        return _open(phone, bot, keys[0]["web_app"]["url"], asks=False)
    button = menu_button(bot, phone.chat)
    if button["type"] != "web_app":
        raise PhoneError("no such button", 409)
    return _open(phone, bot, button["web_app"]["url"], asks=True)


def _open(phone: Phone, bot: Bot, url: str, *, asks: bool) -> dict[str, Any]:
    address = opened(phone.world, bot, phone.person, phone.chat, url, asks=asks)
    return {"app": {"url": address, "name": bot.account.name}}


def send_app_data(phone: Phone, label: str, data: str) -> Message:
    """What a Mini App that was opened from the bot's keyboard hands back."""
    if not 1 <= len(data.encode()) <= APP_DATA_BYTES:
        raise PhoneError("too much")
    return phone.post({"web_app_data": {"data": data, "button_text": label}})


def _ask(phone: Phone, bot_id: int) -> Query:
    loop = asyncio.get_running_loop()
    now = phone.world.clock.now()
    return Query(phone.world.token(), phone.person.id, phone.chat.key, now, loop.create_future())


async def _answer(query: Query, wait: float) -> dict[str, Any]:
    await asyncio.wait({query.answer}, timeout=wait)
    return query.answer.result() if query.answer.done() else {}
