"""Reactions of bots."""

from __future__ import annotations

import json
from importlib.resources import files

from aiogram.methods import SetMessageReaction
from aiogram.types import ReactionTypeEmoji

from bots.emulator.errors import bad_request
from bots.emulator.methods.places import find_chat, find_message
from bots.emulator.methods.registry import Call, method
from bots.emulator.posting import react

# https://core.telegram.org/bots/api#reactiontypeemoji
_LIST = files("bots.emulator") / "reactions.json"
ALLOWED: frozenset[str] = frozenset(json.loads(_LIST.read_text("utf-8")))


@method(SetMessageReaction)
async def set_message_reaction(call: Call, asked: SetMessageReaction) -> bool:
    chat = find_chat(call, asked.chat_id)
    message = find_message(call, chat, asked.message_id, "react")
    wanted = asked.reaction or []
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = []
    for reaction in wanted:
        if not isinstance(reaction, ReactionTypeEmoji) or reaction.emoji not in ALLOWED:
            raise bad_request("REACTION_INVALID")
        emoji.append(reaction.emoji)
    react(call.world, message, call.bot_id, emoji)
    return True
