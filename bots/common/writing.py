"""Comments from a chat: words and files, remembered so that an edit of them is understood."""

from __future__ import annotations

from aiogram.types import Message

from bots.common.files import fetch, sent_file
from bots.common.talk import Talk
from hub.domain.thread import Entry
from hub.ports.shown import Shown

OWN, OWN_NOTE = "own", "own_note"
"""What somebody's own message in a chat became: an answer to the resident, a comment."""


async def comment(message: Message, talk: Talk, number: int) -> Entry:
    """Write the message into the case for colleagues; pictures of one album are one comment."""
    file = sent_file(message)
    files = [await fetch(talk, file)] if file else []
    _, entry = await talk.services.replies.comment(
        number,
        talk.me,
        message.text or message.caption or "",
        files=files,
        key=talk.key(),
        album=album_of(message, talk),
    )
    await remember(talk, message.message_id, OWN_NOTE, number, entry.seq)
    talk.look_at(number)
    return entry


def album_of(message: Message, talk: Talk) -> str:
    """The album the message is a part of, empty if of none. Its name is unique within a chat."""
    group = message.media_group_id
    return f"{talk.bot.account}:{talk.chat}:{group}" if group else ""


async def remember(talk: Talk, message: int, what: str, case: int, entry: int) -> None:
    """The person's own message stands for what became of it: it may be answered and edited."""
    deps = talk.services.deps
    shown = Shown(
        account=talk.bot.account,
        chat=talk.chat,
        message=message,
        what=what,
        case=case,
        entry=entry,
        at=deps.clock.now(),
    )
    await deps.shown.add(shown)
