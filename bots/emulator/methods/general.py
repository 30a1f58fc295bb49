"""«General» of a forum: it is no topic like others and has methods of its own."""

from __future__ import annotations

from typing import Any

from aiogram.methods import (
    CloseGeneralForumTopic,
    EditGeneralForumTopic,
    HideGeneralForumTopic,
    ReopenGeneralForumTopic,
    UnhideGeneralForumTopic,
    UnpinAllGeneralForumTopicMessages,
)

from bots.emulator.chats import Chat
from bots.emulator.errors import bad_request
from bots.emulator.methods.registry import Call, method
from bots.emulator.methods.topics import forum, topic_name
from bots.emulator.posting import post, show_chat
from bots.emulator.topics import unpin


@method(EditGeneralForumTopic)
async def edit_general_forum_topic(call: Call, asked: EditGeneralForumTopic) -> bool:
    chat = forum(call, asked.chat_id)
    name = topic_name(asked.name)
    if name == chat.general_name:
        raise bad_request("TOPIC_NOT_MODIFIED")
    call.world.limiter.charge(call.bot_id, chat)
    chat.general_name = name
    return _say(call, chat, {"forum_topic_edited": {"name": name}})


@method(CloseGeneralForumTopic)
async def close_general_forum_topic(call: Call, asked: CloseGeneralForumTopic) -> bool:
    return _close(call, forum(call, asked.chat_id), closed=True)


@method(ReopenGeneralForumTopic)
async def reopen_general_forum_topic(call: Call, asked: ReopenGeneralForumTopic) -> bool:
    return _close(call, forum(call, asked.chat_id), closed=False)


def _close(call: Call, chat: Chat, *, closed: bool) -> bool:
    if chat.general_closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    call.world.limiter.charge(call.bot_id, chat)
    chat.general_closed = closed
    return _say(call, chat, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})


@method(HideGeneralForumTopic)
async def hide_general_forum_topic(call: Call, asked: HideGeneralForumTopic) -> bool:
    return _hide(call, forum(call, asked.chat_id), hidden=True)


@method(UnhideGeneralForumTopic)
async def unhide_general_forum_topic(call: Call, asked: UnhideGeneralForumTopic) -> bool:
    return _hide(call, forum(call, asked.chat_id), hidden=False)


def _hide(call: Call, chat: Chat, *, hidden: bool) -> bool:
    if chat.general_hidden == hidden:
        raise bad_request("TOPIC_NOT_MODIFIED")
    call.world.limiter.charge(call.bot_id, chat)
    # What is hidden is closed as well.
    chat.general_hidden = hidden
    chat.general_closed = chat.general_closed or hidden
    kind = "general_forum_topic_hidden" if hidden else "general_forum_topic_unhidden"
    return _say(call, chat, {kind: {}})


@method(UnpinAllGeneralForumTopicMessages)
async def unpin_all_general(call: Call, asked: UnpinAllGeneralForumTopicMessages) -> bool:
    unpin(call.world, forum(call, asked.chat_id), None)
    return True


def _say(call: Call, chat: Chat, content: dict[str, Any]) -> bool:
    post(call.world, chat, call.bot_id, content, service=True)
    show_chat(call.world, chat)
    return True
