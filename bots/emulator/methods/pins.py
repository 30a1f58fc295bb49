"""Pinned messages."""

from __future__ import annotations

from aiogram.methods import PinChatMessage, UnpinAllChatMessages, UnpinChatMessage

from bots.emulator.errors import bad_request
from bots.emulator.methods.places import find_chat, find_message, need_admin
from bots.emulator.methods.registry import Call, method
from bots.emulator.posting import post, show, show_chat

RIGHTS = "not enough rights to manage pinned messages in the chat"


@method(PinChatMessage)
async def pin_chat_message(call: Call, asked: PinChatMessage) -> bool:
    chat = find_chat(call, asked.chat_id)
    message = find_message(call, chat, asked.message_id, "pin")
    need_admin(call, chat, RIGHTS)
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    show_chat(call.world, chat)
    show(call.world, message, "edited")
    post(
        call.world,
        chat,
        call.bot_id,
        {"pinned_message": message.id},
        thread=message.thread,
        service=True,
    )
    return True


@method(UnpinChatMessage)
async def unpin_chat_message(call: Call, asked: UnpinChatMessage) -> bool:
    chat = find_chat(call, asked.chat_id)
    need_admin(call, chat, RIGHTS)
    wanted = asked.message_id or (chat.pinned[-1] if chat.pinned else None)
    if wanted not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(wanted)
    show_chat(call.world, chat)
    message = call.world.message(chat, wanted)
    if message is not None:
        show(call.world, message, "edited")
    return True


@method(UnpinAllChatMessages)
async def unpin_all_chat_messages(call: Call, asked: UnpinAllChatMessages) -> bool:
    chat = find_chat(call, asked.chat_id)
    need_admin(call, chat, RIGHTS)
    freed, chat.pinned = chat.pinned, []
    show_chat(call.world, chat)
    for message_id in freed:
        message = call.world.message(chat, message_id)
        if message is not None:
            show(call.world, message, "edited")
    return True
