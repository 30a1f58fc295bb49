"""What the control API can ask a phone to do, by name, with the request's JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bots.emulator.chats import Message
from bots.emulator.errors import PhoneError
from bots.emulator.phones.acts import Phone
from bots.emulator.phones.company import COMPANY
from bots.emulator.phones.pressing import (
    ask_inline,
    choose_inline,
    open_app,
    press,
    send_app_data,
)

Deed = Callable[[Phone, dict[str, Any]], Awaitable[Any]]
DEFAULT_WAIT = 10.0


async def _say(phone: Phone, body: dict[str, Any]) -> Message:
    return phone.say(str(body.get("text", "")), body.get("reply_to"), body.get("thread"))


async def _start(phone: Phone, body: dict[str, Any]) -> Message:
    return phone.start(str(body.get("payload", "")))


async def _place(phone: Phone, body: dict[str, Any]) -> Message:
    return phone.send_place(
        float(body["latitude"]),
        float(body["longitude"]),
        body.get("thread"),
        int(body.get("live") or 0),
    )


async def _move(phone: Phone, body: dict[str, Any]) -> Message:
    where = float(body["latitude"]), float(body["longitude"])
    return phone.move(int(body["message_id"]), *where)


async def _contact(phone: Phone, body: dict[str, Any]) -> Message:
    return phone.share_contact(body.get("contact"), body.get("reply_to"))


async def _press(phone: Phone, body: dict[str, Any]) -> dict[str, Any]:
    wait = float(body.get("wait", DEFAULT_WAIT))
    answer = await press(
        phone, int(body["message_id"]), int(body["row"]), int(body["column"]), wait
    )
    return {"answer": answer}


async def _edit(phone: Phone, body: dict[str, Any]) -> Message:
    return phone.edit(int(body["message_id"]), str(body.get("text", "")))


async def _delete(phone: Phone, body: dict[str, Any]) -> None:
    phone.delete(int(body["message_id"]))


async def _react(phone: Phone, body: dict[str, Any]) -> None:
    phone.react(int(body["message_id"]), str(body.get("emoji") or ""))


async def _block(phone: Phone, body: dict[str, Any]) -> None:
    phone.block()


async def _unblock(phone: Phone, body: dict[str, Any]) -> None:
    phone.unblock()


async def _inline(phone: Phone, body: dict[str, Any]) -> dict[str, Any]:
    bot = phone.world.bot_by_name(str(body.get("bot", "")))
    if bot is None:
        raise PhoneError("no such bot", 404)
    wait = float(body.get("wait", DEFAULT_WAIT))
    return await ask_inline(phone, bot.id, str(body.get("query", "")), wait)


async def _choose(phone: Phone, body: dict[str, Any]) -> Message:
    bot = phone.world.bot_by_name(str(body.get("bot", "")))
    if bot is None:
        raise PhoneError("no such bot", 404)
    return choose_inline(phone, bot.id, str(body.get("query", "")), dict(body["result"]))


async def _app(phone: Phone, body: dict[str, Any]) -> dict[str, Any]:
    return open_app(phone, str(body.get("label", "")))


async def _app_data(phone: Phone, body: dict[str, Any]) -> Message:
    return send_app_data(phone, str(body.get("label", "")), str(body.get("data", "")))


DEEDS: dict[str, Deed] = {
    "text": _say,
    "start": _start,
    "location": _place,
    "move": _move,
    "contact": _contact,
    "press": _press,
    "edit": _edit,
    "delete": _delete,
    "react": _react,
    "block": _block,
    "unblock": _unblock,
    "inline": _inline,
    "choose": _choose,
    "app": _app,
    "app_data": _app_data,
    **COMPANY,
}
