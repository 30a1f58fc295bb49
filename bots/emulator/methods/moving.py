"""Places that move: a live location is an ordinary message that is edited as it goes."""

from __future__ import annotations

from typing import Any

from aiogram.methods import EditMessageLiveLocation, StopMessageLiveLocation

from bots.emulator.chats import Message
from bots.emulator.errors import bad_request
from bots.emulator.methods.editing import applied, own
from bots.emulator.methods.registry import Call, method
from bots.emulator.methods.sending import place


def _live(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = message.content.get("location", {})
    if "live_period" not in found:
        raise bad_request("message can't be edited")
    return found


@method(EditMessageLiveLocation)
async def edit_live_location(call: Call, asked: EditMessageLiveLocation) -> dict[str, Any] | bool:
    chat, message = own(call, asked)
    where = {**_live(message), **place(asked.latitude, asked.longitude)}
    return applied(call, asked, chat, message, {**message.content, "location": where})


@method(StopMessageLiveLocation)
async def stop_live_location(call: Call, asked: StopMessageLiveLocation) -> dict[str, Any] | bool:
    chat, message = own(call, asked)
    where = {name: value for name, value in _live(message).items() if name != "live_period"}
    return applied(call, asked, chat, message, {**message.content, "location": where})
