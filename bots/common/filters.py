"""Filters of messages. They are coroutines, since aiogram runs plain functions, and its own magic
ones, in threads: a tenth of a millisecond for each question asked of each update."""

from __future__ import annotations

from aiogram.types import Message, TelegramObject

from bots.common.talk import Talk


async def has_text(message: Message) -> bool:
    """Words, not only a file."""
    return bool(message.text)


async def is_answer(message: Message) -> bool:
    """A swipe-reply."""
    return message.reply_to_message is not None


async def is_command(message: Message) -> bool:
    """Begins with a slash."""
    return bool(message.text) and str(message.text).startswith("/")


async def is_stranger(event: TelegramObject, talk: Talk) -> bool:
    """Nobody's user, or a person without a role at this bot."""
    return not talk.dispatches and not talk.carries_out


async def dispatches(event: TelegramObject, talk: Talk) -> bool:
    """Works with cases as an operator here."""
    return talk.dispatches


async def carries_out(event: TelegramObject, talk: Talk) -> bool:
    """Gets tasks here."""
    return talk.carries_out
