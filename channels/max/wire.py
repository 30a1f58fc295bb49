"""Updates of MAX → what the hub understands. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from channels.max import content, shapes, vcard
from channels.max.files import attachments
from channels.max.ids import Ids
from hub.domain.message import (
    Action,
    Address,
    Edit,
    Identity,
    Inbound,
    Received,
    Sender,
)
from hub.ports.channel import Malformed, Unreadable

CHANNEL = "max"
# Of groups, or of no consequence: whether a dialogue still bears a message is learnt by sending.
NOTHING = frozenset(
    {
        "bot_added",
        "bot_removed",
        "user_added",
        "user_removed",
        "chat_title_changed",
        "message_chat_created",
        "comment_created",
        "comment_edited",
        "comment_removed",
        "dialog_cleared",
        "dialog_muted",
        "dialog_unmuted",
        "dialog_removed",
    }
)
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@\w+)?(?=\s|$)")


def received(ids: Ids, token: str, body: bytes) -> Sequence[Received]:
    """Translate one update. `token` is what MAX signs contacts with. Raises Unreadable."""
    try:
        update = shapes.update.decode(body)
        key = ids.event(body)
        return _understood(ids, token, update, key)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Malformed) as error:
        # The decoder's words name fields and types, never what somebody wrote.
        raise Unreadable(str(error)) from None
    except (OverflowError, OSError, ValueError) as error:
        raise Unreadable(type(error).__name__) from None


def _understood(ids: Ids, token: str, update: shapes.Update, key: str) -> Sequence[Received]:
    kind = update.update_type
    if kind in {"message_created", "message_edited"}:
        message = update.message
        if message is None:
            raise Unreadable("no message")
        if message.recipient.chat_type != "dialog" or message.sender is None:
            return []
        if message.sender.is_bot:
            return []
        if kind == "message_edited":
            return _edit(ids, key, update, message, message.sender)
        return _message(ids, token, key, update, message, message.sender)
    if kind == "message_removed":
        return _removed(ids, key, update)
    if kind == "message_callback":
        return _button(ids, key, update)
    if kind in {"bot_started", "bot_stopped"}:
        return _bot(ids, key, update)
    if kind in NOTHING:
        return []
    # A kind of event that came after this was written: an admin sees it, nothing is lost.
    raise Unreadable(f"unknown update: {kind[:60]}")


def address(ids: Ids, user: int) -> Address:
    """Where an answer to this person goes."""
    name = str(user)
    return Address(ids.account, CHANNEL, name, Identity("max", name).key, ids.conversation(user))


def sender(user: shapes.User, locale: str | None = None) -> Sender:
    """The platform vouches for the id."""
    language = (locale or "").partition("-")[0].partition("_")[0].lower()
    return Sender(
        identity=Identity("max", str(user.user_id)), name=user.called, language=language[:8]
    )


def moment(milliseconds: int) -> datetime:
    """Time as the platform writes it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def order(message: shapes.Message) -> int:
    """The chat's own sequence; it is milliseconds and a counter, which serve where it lacks."""
    if message.body is not None and message.body.seq > 0:
        return message.body.seq
    return min(message.timestamp << 16, 2**63 - 1)


def _message(
    ids: Ids,
    token: str,
    key: str,
    update: shapes.Update,
    message: shapes.Message,
    user: shapes.User,
) -> list[Received]:
    found = content.attached(message)
    cards = [
        vcard.card(one.payload, user.user_id, token)
        for one in found
        if one.type == "contact" and one.payload is not None
    ]
    text = content.text(message)
    if len(cards) == 1 and cards[0].own and not text:
        action = _action(ids, key, user, update, "contact", cards[0].phone, message.timestamp)
        action.message, action.proven = _mid(key, ids, message), True
        return [action]
    if command := _COMMAND.match(text):
        return _commanded(ids, key, update, message, user, command)
    inbound = _inbound(ids, key, update, message, user, text)
    inbound.shared_contact = "; ".join(f"{one.phone} {one.name}".strip() for one in cards)
    if not (inbound.text or inbound.attachments or inbound.location or inbound.shared_contact):
        kinds = ", ".join(sorted({one.type for one in found})) or "none"
        raise Unreadable(f"unknown content: {kinds[:200]}")
    return [inbound]


def _inbound(
    ids: Ids,
    key: str,
    update: shapes.Update,
    message: shapes.Message,
    user: shapes.User,
    text: str,
) -> Inbound:
    link = message.link
    quoted = link.message if link and link.type == "reply" else None
    found = content.attached(message)
    return Inbound(
        key=key,
        account=ids.account,
        channel=CHANNEL,
        conversation=ids.conversation(user.user_id),
        sender=sender(user, update.user_locale),
        reply_to=address(ids, user.user_id),
        text=text,
        sent_at=moment(message.timestamp),
        external_id=_mid(key, ids, message),
        order=order(message),
        in_reply_to=quoted.mid if quoted else "",
        attachments=attachments(key, found),
        location=content.location(found),
    )


def _mid(key: str, ids: Ids, message: shapes.Message) -> str:
    """What the message is called in edits and quotes; what only forwards has no name of its own."""
    return message.body.mid if message.body else key.removeprefix(f"{ids.account}:")


def _commanded(
    ids: Ids,
    key: str,
    update: shapes.Update,
    message: shapes.Message,
    user: shapes.User,
    command: re.Match[str],
) -> list[Received]:
    text = content.text(message)
    word, rest = command[1].lower(), text[command.end() :].strip()
    if word == "start":
        start = _action(ids, key, user, update, "start", rest, message.timestamp)
        start.message = _mid(key, ids, message)
        return [start]
    action = _action(ids, key, user, update, "command", word, message.timestamp)
    action.message = _mid(key, ids, message)
    if not rest and not attachments(key, content.attached(message)):
        return [action]
    # «/new the lift stands»: what stands after the command was said and must not be lost.
    action.key = f"{key}:command"
    return [action, _inbound(ids, key, update, message, user, rest)]


def _action(
    ids: Ids,
    key: str,
    user: shapes.User,
    update: shapes.Update,
    name: str,
    value: str,
    at: int,
) -> Action:
    return Action(
        key=key,
        account=ids.account,
        channel=CHANNEL,
        conversation=ids.conversation(user.user_id),
        sender=sender(user, update.user_locale),
        reply_to=address(ids, user.user_id),
        name=name,
        at=moment(at),
        value=value,
    )


def _edit(
    ids: Ids, key: str, update: shapes.Update, message: shapes.Message, user: shapes.User
) -> list[Received]:
    if message.body is None:
        return []
    text = content.text(message)
    if command := _COMMAND.match(text):
        # Only what stood after the command became a message.
        text = text[command.end() :].strip()
        if command[1].lower() == "start" or not text:
            return []
    return [
        Edit(
            key=key,
            account=ids.account,
            conversation=ids.conversation(user.user_id),
            external_id=message.body.mid,
            at=moment(update.timestamp or message.timestamp),
            text=text,
            sender=sender(user, update.user_locale),
        )
    ]


def _removed(ids: Ids, key: str, update: shapes.Update) -> list[Received]:
    if update.message_id is None or update.user_id is None:
        raise Unreadable("no message")
    return [
        Edit(
            key=key,
            account=ids.account,
            conversation=ids.conversation(update.user_id),
            external_id=update.message_id,
            at=moment(update.timestamp),
            deleted=True,
        )
    ]


def _button(ids: Ids, key: str, update: shapes.Update) -> list[Received]:
    pressed, under = update.callback, update.message
    if pressed is None:
        raise Unreadable("no callback")
    if under is not None and under.recipient.chat_type != "dialog":
        return []
    action = _action(
        ids, key, pressed.user, update, "button", pressed.payload or "", pressed.timestamp
    )
    action.message = under.body.mid if under is not None and under.body is not None else ""
    action.callback = pressed.callback_id
    return [action]


def _bot(ids: Ids, key: str, update: shapes.Update) -> list[Received]:
    if update.user is None:
        raise Unreadable("no user")
    at = update.timestamp
    if update.update_type == "bot_stopped":
        return [_action(ids, key, update.user, update, "blocked", "", at)]
    return [
        # Who starts again after they stopped can be written to again.
        _action(ids, f"{key}:again", update.user, update, "unblocked", "", at),
        _action(ids, key, update.user, update, "start", update.payload or "", at),
    ]
