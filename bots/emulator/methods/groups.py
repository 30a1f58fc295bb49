"""What a bot may ask about a chat and its members."""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    GetChat,
    GetChatAdministrators,
    GetChatMember,
    GetChatMemberCount,
    LeaveChat,
    SetChatTitle,
)

from bots.emulator.errors import bad_request
from bots.emulator.members import bot_leaves
from bots.emulator.methods.places import administers, find_chat, find_message, need_admin
from bots.emulator.methods.registry import Call, method
from bots.emulator.posting import membership, post, show_chat
from bots.emulator.wire import chat_json, message_json


@method(GetChat)
async def get_chat(call: Call, asked: GetChat) -> dict[str, Any]:
    chat = find_chat(call, asked.chat_id)
    shown = {
        **chat_json(call.world, chat),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            ),
            False,
        ),
    }
    if chat.pinned:
        pinned = find_message(call, chat, chat.pinned[-1], "pin")
        shown["pinned_message"] = message_json(call.world, pinned, call.bot_id, with_reply=False)
    return shown


@method(GetChatMember)
async def get_chat_member(call: Call, asked: GetChatMember) -> dict[str, Any]:
    chat = find_chat(call, asked.chat_id)
    user = call.world.user(asked.user_id)
    if user is None:
        raise bad_request("user not found")
    if asked.user_id in chat.bots:
        return membership(user, "administrator" if administers(chat, asked.user_id) else "member")
    if asked.user_id in chat.people:
        return membership(user, "creator" if asked.user_id == chat.owner else "member")
    return membership(user, chat.gone.get(asked.user_id, "left"))


@method(GetChatMemberCount)
async def get_chat_member_count(call: Call, asked: GetChatMemberCount) -> int:
    chat = find_chat(call, asked.chat_id)
    return len(chat.people) + len(chat.bots)


@method(GetChatAdministrators)
async def get_chat_administrators(call: Call, asked: GetChatAdministrators) -> list[dict[str, Any]]:
    chat = find_chat(call, asked.chat_id)
    if chat.private:
        raise bad_request("there are no administrators in the private chat")
    bots = [bot for bot in chat.bots if bot != call.bot_id and administers(chat, bot)]
    return [
        membership(call.world.user(chat.owner), "creator"),
        *(membership(call.world.user(bot), "administrator") for bot in bots),
    ]


@method(LeaveChat)
async def leave_chat(call: Call, asked: LeaveChat) -> bool:
    chat = find_chat(call, asked.chat_id)
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    bot_leaves(call.world, chat, call.bot_id, call.bot_id, "left")
    return True


@method(SetChatTitle)
async def set_chat_title(call: Call, asked: SetChatTitle) -> bool:
    chat = find_chat(call, asked.chat_id)
    if chat.private:
        raise bad_request("can't change private chat title")
    need_admin(call, chat, "not enough rights to change chat title")
    if not 1 <= len(asked.title) <= NAME_LIMIT:
        raise bad_request("invalid chat title specified")
    chat.title = asked.title
    post(call.world, chat, call.bot_id, {"new_chat_title": asked.title}, service=True)
    show_chat(call.world, chat)
    return True


NAME_LIMIT = 128
