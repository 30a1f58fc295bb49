"""Who is in a group: bots and people come, get rights, lose them, go."""

from __future__ import annotations

from typing import Literal

from bots.emulator.chats import Chat
from bots.emulator.posting import member_changed, membership, now, post, show_chat
from bots.emulator.wire import chat_json
from bots.emulator.world import World


def standing(chat: Chat, bot_id: int) -> str:
    """What a bot is in the group now."""
    if bot_id not in chat.bots:
        return chat.gone.get(bot_id, "left")
    return "member" if bot_id in chat.plain else "administrator"


def bot_comes(world: World, chat: Chat, bot_id: int, by: int, *, admin: bool) -> None:
    """Somebody adds a bot."""
    before = standing(chat, bot_id)
    chat.gone.pop(bot_id, None)
    chat.bots.append(bot_id)
    if not admin:
        chat.plain.append(bot_id)
    member_changed(world, chat, bot_id, by, before, standing(chat, bot_id))
    post(world, chat, by, {"new_chat_members": [world.user(bot_id)]}, service=True)
    show_chat(world, chat)


def bot_leaves(
    world: World, chat: Chat, bot_id: int, by: int, how: Literal["left", "kicked"]
) -> None:
    """It went by itself, or was thrown out."""
    before = standing(chat, bot_id)
    chat.bots.remove(bot_id)
    chat.gone[bot_id] = how
    if bot_id in chat.plain:
        chat.plain.remove(bot_id)
    member_changed(world, chat, bot_id, by, before, how)
    post(world, chat, by, {"left_chat_member": world.user(bot_id)}, service=True)
    show_chat(world, chat)


def set_admin(world: World, chat: Chat, bot_id: int, by: int, *, admin: bool) -> None:
    """Give a bot the rights of an administrator, or take them."""
    before = standing(chat, bot_id)
    if admin and bot_id in chat.plain:
        chat.plain.remove(bot_id)
    elif not admin and bot_id not in chat.plain:
        chat.plain.append(bot_id)
    if standing(chat, bot_id) != before:
        member_changed(world, chat, bot_id, by, before, standing(chat, bot_id))
        show_chat(world, chat)


def person_comes(world: World, chat: Chat, person: int) -> None:
    """A person joins."""
    chat.people.append(person)
    chat.gone.pop(person, None)
    _tell(world, chat, person, "left", "member")
    post(world, chat, person, {"new_chat_members": [world.user(person)]}, service=True)
    show_chat(world, chat)


def person_leaves(world: World, chat: Chat, person: int) -> None:
    """A person leaves."""
    post(world, chat, person, {"left_chat_member": world.user(person)}, service=True)
    chat.people.remove(person)
    chat.gone[person] = "left"
    _tell(world, chat, person, "member", "left")
    show_chat(world, chat)


def _tell(world: World, chat: Chat, person: int, old: str, new: str) -> None:
    """`chat_member`: administrators hear of people, if they asked to."""
    user = world.user(person)
    for bot_id in chat.bots:
        if bot_id in chat.plain:
            continue
        world.bots[bot_id].mailbox.put(
            "chat_member",
            {
                "chat": chat_json(world, chat),
                "from": user,
                "date": now(world),
                "old_chat_member": membership(user, old),
                "new_chat_member": membership(user, new),
            },
        )
