"""Which case a command is about: its number, the message that is answered, the topic it was written
in, else the case that was looked at last."""

from __future__ import annotations

import re

from aiogram.types import Message

from bots.common.talk import Talk
from hub.domain.case import Case
from hub.domain.errors import Invalid

NUMBERED = re.compile(r"\s*[№#]?\s*(\d{1,15})(?:\s+|$)(.*)", re.DOTALL)


async def meant(message: Message, talk: Talk, args: str) -> tuple[Case, str]:
    """The case and what was written besides its number. Raises Invalid when none is meant, NotFound
    and Forbidden as looking at it does."""
    found = NUMBERED.fullmatch(args)
    if found:
        return await talk.services.queries.raw(int(found[1]), talk.me), found[2].strip()
    number = await quoted(message, talk) or talk.where.case or talk.focus
    if not number:
        raise Invalid(field="number", reason="required")
    return await talk.services.queries.raw(number, talk.me), args.strip()


async def named(message: Message, talk: Talk, args: str) -> Case:
    """The case of a command that wants nothing but its number: a slip in that is not taken for
    the case looked at last. Raises as `meant` does."""
    if args.strip() and NUMBERED.fullmatch(args) is None:
        raise Invalid(field="number", reason="wrong")
    case, _ = await meant(message, talk, args)
    return case


async def quoted(message: Message, talk: Talk) -> int:
    """The case of the message that is answered, 0 if it is of none."""
    answered = message.reply_to_message
    if answered is None:
        return 0
    deps = talk.services.deps
    shown = await deps.shown.at(talk.bot.account, talk.chat, answered.message_id)
    return shown.case if shown is not None else 0
