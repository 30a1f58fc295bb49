"""Somebody changed a message of their own in a chat: what became of it changes as well."""

from __future__ import annotations

from aiogram.types import Message

from bots.common.talk import Talk
from bots.common.writing import OWN, OWN_NOTE


async def edited(message: Message, talk: Talk) -> None:
    """An answer changes at the resident's where the channel can do that, a comment among
    colleagues; a refusal says why not. Anything else that is edited was nothing yet."""
    deps = talk.services.deps
    shown = await deps.shown.at(talk.bot.account, talk.chat, message.message_id)
    if shown is None or shown.what not in {OWN, OWN_NOTE}:
        return
    words = message.text or message.caption or ""
    await talk.services.replies.revise(shown.case, shown.entry, talk.me, words)
    talk.look_at(shown.case)
    if shown.what == OWN_NOTE:
        talk.react(message.message_id, "👌")
