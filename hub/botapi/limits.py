"""How fast a bot may speak, as budgets that all processes share.

Source: core.telegram.org/bots/faq («My bot is hitting limits»): about 30 messages a second for
a bot, 1 a second in one chat with short bursts let through, 20 a minute in one group.
"""

from __future__ import annotations

from hub.ports.channel import Limit

PER_ACCOUNT = 30
PER_GROUP = 20
# Of the bot's calls a second, so many may be reactions.
REACTIONS = 10
# What a private chat bears at once when the average stays at one a second.
BURST = 5


def account_budget(account: str) -> str:
    """The name that a pause of the whole bot stands under."""
    return f"telegram:{account}"


def chat_budget(account: str, chat: int) -> str:
    """The name that a pause of one chat stands under."""
    return f"telegram:{account}:{chat}"


def limits(account: str, chat: int) -> list[Limit]:
    """What one call that puts or changes a message in `chat` uses up: account first, then chat."""
    whole = Limit(account_budget(account), PER_ACCOUNT, 1.0)
    name = chat_budget(account, chat)
    if chat < 0:
        # One a second on the average holds for groups as well.
        burst = Limit(f"{name}:burst", BURST, float(BURST))
        return [whole, burst, Limit(name, PER_GROUP, 60.0)]
    return [whole, Limit(name, BURST, float(BURST))]


def reactions(account: str, chat: int) -> list[Limit]:
    """What a reaction uses up: it puts no message into the chat, so it takes none of its budget,
    and all of them together leave most of the bot's to words."""
    return [
        Limit(account_budget(account), PER_ACCOUNT, 1.0),
        Limit(f"{account_budget(account)}:reactions", REACTIONS, 1.0),
        Limit(f"{chat_budget(account, chat)}:reactions", BURST, float(BURST)),
    ]
