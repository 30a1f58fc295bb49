"""Every change of a chat goes through here: it is kept, shown on phones and told to bots."""

from __future__ import annotations

from typing import Any

from bots.emulator.chats import Chat, Message
from bots.emulator.views import chat_view, message_view
from bots.emulator.wire import chat_json, message_json
from bots.emulator.world import World


def now(world: World) -> int:
    return int(world.clock.now())


def _next_id(world: World, chat: Chat) -> int:
    if chat.private:
        # A bot counts its private chats together, as an account of Telegram does.
        bot = world.bots[chat.bots[0]]
        bot.profile.last_message += 1
        world.save_profile(bot)
        chat.last_id = bot.profile.last_message
    else:
        chat.last_id += 1
    return chat.last_id


def post(
    world: World,
    chat: Chat,
    sender: int,
    content: dict[str, Any],
    *,
    reply_to: int | None = None,
    thread: int | None = None,
    markup: dict[str, Any] | None = None,
    album: str | None = None,
    via_bot: int | None = None,
    forwarded_from: int | None = None,
    service: bool = False,
) -> Message:
    """Put a message into a chat. Bots hear what people say and what `service` tells."""
    message = Message(
        id=_next_id(world, chat),
        chat=chat.key,
        sender=sender,
        date=now(world),
        content=content,
        reply_to=reply_to,
        thread=thread,
        markup=markup,
        album=album,
        via_bot=via_bot,
        forwarded_from=forwarded_from,
    )
    if via_bot is not None and markup is not None:
        message.inline_id = world.token()
        world.inline[message.inline_id] = (chat.key, message.id)
    if service and "forum_topic_created" in content:
        message.thread = message.id
    world.messages[chat.key][message.id] = message
    world.save_chat(chat)
    show(world, message, "message")
    if sender not in world.bots or service:
        tell_bots(world, message, "message")
    return message


def show(world: World, message: Message, kind: str) -> None:
    """Give the message a new number, keep it and show it to phones."""
    message.seq = world.feed.next()
    world.journal.put("message", f"{message.chat}/{message.id}", message)
    world.feed.publish(kind, message.chat, {"message": message_view(world, message)})


def tell_bots(world: World, message: Message, kind: str) -> None:
    chat = world.chats[message.chat]
    for bot_id in chat.bots:
        if chat.private and chat.blocked:
            continue
        world.bots[bot_id].mailbox.put(kind, message_json(world, message, bot_id))


def change(
    world: World, message: Message, content: dict[str, Any], markup: dict[str, Any] | None
) -> None:
    """Edit a message; a keyboard alone does not count as an edit that people see."""
    if content != message.content:
        message.edited = now(world)
    message.content = content
    message.markup = markup
    show(world, message, "edited")
    if message.sender not in world.bots:
        tell_bots(world, message, "edited_message")


def remove(world: World, message: Message) -> None:
    """Take a message away. Bots are not told, as in Telegram."""
    chat = world.chats[message.chat]
    del world.messages[chat.key][message.id]
    world.inline.pop(message.inline_id, None)
    world.journal.drop("message", f"{chat.key}/{message.id}")
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
        show_chat(world, chat)
    world.feed.tell("deleted", chat.key, {"id": message.id, "thread": message.thread})


def react(world: World, message: Message, user: int, emoji: list[str]) -> None:
    """Set the reactions of one user; bots hear of those of people, if they asked to."""
    old = message.reactions.get(user, [])
    if old == emoji:
        return
    if emoji:
        message.reactions[user] = emoji
    else:
        message.reactions.pop(user, None)
    show(world, message, "reactions")
    if user in world.bots:
        return
    chat = world.chats[message.chat]
    for bot_id in chat.bots:
        world.bots[bot_id].mailbox.put(
            "message_reaction",
            {
                "chat": chat_json(world, chat),
                "message_id": message.id,
                "user": world.user(user),
                "date": now(world),
                "old_reaction": [{"type": "emoji", "emoji": e} for e in old],
                "new_reaction": [{"type": "emoji", "emoji": e} for e in emoji],
            },
        )


def show_chat(world: World, chat: Chat) -> None:
    """Keep what changed of the chat itself and show it."""
    world.save_chat(chat)
    world.feed.tell("chat", chat.key, {"view": chat_view(world, chat)})


def member_changed(world: World, chat: Chat, bot_id: int, by: int, old: str, new: str) -> None:
    """`my_chat_member`: the bot was blocked, let in again, added, promoted or thrown out."""
    user = world.user(bot_id)
    world.bots[bot_id].mailbox.put(
        "my_chat_member",
        {
            "chat": chat_json(world, chat),
            "from": world.user(by),
            "date": now(world),
            "old_chat_member": membership(user, old),
            "new_chat_member": membership(user, new),
        },
    )


def membership(user: dict[str, Any] | None, status: str) -> dict[str, Any]:
    member: dict[str, Any] = {"user": user, "status": status}
    if status == "creator":
        member["is_anonymous"] = False
    if status == "kicked":
        member["until_date"] = 0
    if status == "administrator":
        member |= {
            "can_be_edited": False,
            "is_anonymous": False,
            "can_manage_chat": True,
            "can_delete_messages": True,
            "can_manage_video_chats": False,
            "can_restrict_members": True,
            "can_promote_members": False,
            "can_change_info": True,
            "can_invite_users": True,
            "can_post_stories": False,
            "can_edit_stories": False,
            "can_delete_stories": False,
            "can_pin_messages": True,
            "can_manage_topics": True,
            "can_send_welcome_messages": False,
        }
    return member
