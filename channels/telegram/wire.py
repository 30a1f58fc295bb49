"""Updates of the Bot API → what the hub understands. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from channels.telegram import shapes
from channels.telegram.files import attachments
from channels.telegram.ids import Ids
from channels.telegram.texts import opened_links
from hub.domain.message import (
    Action,
    Address,
    Edit,
    Identity,
    Inbound,
    Location,
    Received,
    Sender,
)
from hub.phones import e164
from hub.ports.channel import Unreadable

CHANNEL = "telegram"
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@[A-Za-z0-9_]+)?(?=\s|$)")


def received(ids: Ids, body: bytes, now: datetime) -> Sequence[Received]:
    """Translate one update, kept at `now`. Raises Unreadable."""
    try:
        update = shapes.update.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # The decoder's words name fields and types, never what somebody wrote.
        raise Unreadable(str(error)) from None
    try:
        return _understood(ids, update, body, now)
    except (OverflowError, OSError, ValueError) as error:
        raise Unreadable(type(error).__name__) from None


def _understood(ids: Ids, update: shapes.Update, body: bytes, now: datetime) -> Sequence[Received]:
    if update.message is not None:
        return _message(ids, update.update_id, update.message, body)
    if update.edited_message is not None:
        return _edit(ids, update.update_id, update.edited_message)
    if update.callback_query is not None:
        return _button(ids, update.update_id, update.callback_query, now)
    if update.my_chat_member is not None:
        return _member(ids, update.update_id, update.my_chat_member)
    return []


def address(ids: Ids, chat: int, identity: Identity) -> Address:
    """Where an answer to this chat goes."""
    return Address(ids.account, CHANNEL, str(chat), identity.key, ids.conversation(chat))


def sender(user: shapes.User) -> Sender:
    """The platform vouches for the id."""
    return Sender(
        identity=Identity("telegram", str(user.id)), name=user.name, language=user.language_code
    )


def moment(seconds: int) -> datetime:
    """Unix time as the platform writes it."""
    return datetime.fromtimestamp(seconds, UTC)


def order(message: shapes.Message) -> int:
    """A sequence that goes on when another token starts the numbers of messages again."""
    return message.date << 31 | min(message.message_id, (1 << 31) - 1)


def _message(ids: Ids, number: int, message: shapes.Message, body: bytes) -> list[Received]:
    user = message.sender
    # The residents' bot speaks with people one by one; what is said in groups is not for it.
    if message.chat.type != "private" or user is None or user.is_bot:
        return []
    if command := _command(message.text):
        return _commanded(ids, number, message, user, *command)
    contact = message.contact
    if contact is not None and contact.user_id == user.id and (phone := _phone(contact)):
        action = _action(ids, number, message, user, "contact", phone)
        action.proven = True
        return [action]
    inbound = _inbound(ids, number, message, user)
    if not (inbound.text or inbound.attachments or inbound.location or inbound.shared_contact):
        return _nothing(body)
    return [inbound]


def _nothing(body: bytes) -> list[Received]:
    fields = shapes.loose.decode(body).message or {}
    if shapes.SERVICE & fields.keys():
        return []
    # A kind of content that came after this was written: an admin sees it, nothing is lost.
    raise Unreadable(f"unknown content: {', '.join(sorted(fields))}")


def _inbound(
    ids: Ids, number: int, message: shapes.Message, user: shapes.User, *, skip: int = 0
) -> Inbound:
    """The message, without its first `skip` UTF-16 units (a command before it)."""
    contact = message.contact
    chat = message.chat.id
    known = sender(user)
    point = message.location or (message.venue.location if message.venue else None)
    quoted = message.reply_to_message
    return Inbound(
        key=ids.event(number),
        account=ids.account,
        channel=CHANNEL,
        conversation=ids.conversation(chat),
        sender=known,
        reply_to=address(ids, chat, known.identity),
        text=_text(message, skip),
        sent_at=moment(message.date),
        external_id=ids.message(chat, message.message_id),
        order=order(message),
        in_reply_to=ids.message(chat, quoted.message_id) if quoted else "",
        attachments=attachments(ids.event(number), message),
        album=message.media_group_id,
        location=Location(point.latitude, point.longitude) if point else None,
        shared_contact=f"{_phone(contact)} {contact.name}".strip() if contact else "",
        reactable=True,
    )


def _text(message: shapes.Message, skip: int = 0) -> str:
    """Everything in it that can be read."""
    if message.text:
        return opened_links(message.text, message.entities, skip)
    if message.caption:
        return opened_links(message.caption, message.caption_entities)
    if message.sticker is not None:
        return message.sticker.emoji
    if message.venue is not None:
        return f"{message.venue.title}\n{message.venue.address}".strip()
    if message.poll is not None:
        return _listed(message.poll.question, message.poll.options)
    if message.checklist is not None:
        return _listed(message.checklist.title, message.checklist.tasks)
    if message.dice is not None:
        return f"{message.dice.emoji} {message.dice.value}"
    return ""


def _listed(head: str, options: list[shapes.Option]) -> str:
    return "\n".join([head, *(f"• {option.text}" for option in options)]).strip()


def _phone(contact: shapes.SharedContact) -> str:
    # Telegram writes the number with its country, often without the plus.
    digits = contact.phone_number.lstrip("+")
    return e164(f"+{digits}") or contact.phone_number


def _command(text: str) -> tuple[str, int] | None:
    """The command's word and the length of what it is written as.

    By the text itself: the platform marks commands by the same rule, yet not every client and
    server sends the mark.
    """
    found = _COMMAND.match(text)
    return (found[1].lower(), found.end()) if found else None


def _commanded(
    ids: Ids, number: int, message: shapes.Message, user: shapes.User, word: str, length: int
) -> list[Received]:
    rest = message.text[length:].strip()
    if word == "start":
        return [_action(ids, number, message, user, "start", rest)]
    action = _action(ids, number, message, user, "command", word)
    if not rest:
        return [action]
    # «/new the lift stands»: what stands after the command was said and must not be lost.
    action.key = ids.event(number, ":command")
    return [action, _inbound(ids, number, message, user, skip=length)]


def _action(
    ids: Ids, number: int, message: shapes.Message, user: shapes.User, name: str, value: str
) -> Action:
    known = sender(user)
    return Action(
        key=ids.event(number),
        account=ids.account,
        channel=CHANNEL,
        conversation=ids.conversation(message.chat.id),
        sender=known,
        reply_to=address(ids, message.chat.id, known.identity),
        name=name,
        at=moment(message.date),
        value=value,
        message=ids.message(message.chat.id, message.message_id),
    )


def _edit(ids: Ids, number: int, message: shapes.Message) -> list[Received]:
    user = message.sender
    if message.chat.type != "private" or user is None or user.is_bot:
        return []
    text = _text(message)
    if command := _command(message.text):
        # Only what stood after the command became a message.
        text = _text(message, command[1])
        if command[0] == "start" or not text:
            return []
    return [
        Edit(
            key=ids.event(number),
            account=ids.account,
            conversation=ids.conversation(message.chat.id),
            external_id=ids.message(message.chat.id, message.message_id),
            at=moment(message.edit_date or message.date),
            text=text,
            sender=sender(user),
        )
    ]


def _button(ids: Ids, number: int, query: shapes.CallbackQuery, now: datetime) -> list[Received]:
    under = query.message
    if under is not None and under.chat.type != "private":
        return []
    chat = under.chat.id if under else query.sender.id
    known = sender(query.sender)
    return [
        Action(
            key=ids.event(number),
            account=ids.account,
            channel=CHANNEL,
            conversation=ids.conversation(chat),
            sender=known,
            reply_to=address(ids, chat, known.identity),
            name="button",
            at=now,
            value=query.data,
            message=ids.message(chat, under.message_id) if under else "",
            callback=query.id,
        )
    ]


def _member(ids: Ids, number: int, change: shapes.MemberUpdated) -> list[Received]:
    was = change.old_chat_member.status == "kicked"
    is_ = change.new_chat_member.status == "kicked"
    if change.chat.type != "private" or was == is_:
        return []
    known = sender(change.sender)
    return [
        Action(
            key=ids.event(number),
            account=ids.account,
            channel=CHANNEL,
            conversation=ids.conversation(change.chat.id),
            sender=known,
            reply_to=address(ids, change.chat.id, known.identity),
            name="blocked" if is_ else "unblocked",
            at=moment(change.date),
        )
    ]
