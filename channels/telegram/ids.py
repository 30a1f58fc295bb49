"""The names that Telegram's things bear in the hub."""

from __future__ import annotations


class Ids:
    """Names for one bot account. Message numbers start again with another bot, so its id is in
    each of them."""

    def __init__(self, account: str, bot: str) -> None:
        self.account = account
        self.bot = bot

    def conversation(self, chat: int) -> str:
        """The thread key: one person's chat with this account, whatever its token."""
        return f"{self.account}:{chat}"

    def event(self, update: int, part: str = "") -> str:
        """The key of what an update says; one update may say two things."""
        return f"{self.account}:{self.bot}:{update}{part}"

    def message(self, chat: int, message: int) -> str:
        """A message's external id."""
        return f"{self.bot}:{chat}:{message}"

    def number(self, chat: int, external_id: str) -> int:
        """The message's number in this chat; 0 if it is none of this bot and chat."""
        bot, _, rest = external_id.partition(":")
        where, _, number = rest.partition(":")
        if bot != self.bot or where != str(chat) or not number.isdigit():
            return 0
        return int(number)
