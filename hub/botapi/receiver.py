"""The door of a bot: what any bot account proves, names and answers, whoever reads its updates."""

from __future__ import annotations

from hub.botapi import updates, webhook
from hub.ports.channel import Answer, Forged, Kept, Key, RawRequest

# An update is far smaller; files come by reference.
MAX_UPDATE = 1024 * 1024
_OK = Answer(200, b"{}")


class BotDoor:
    """A Receiver but for `parse`. `secret` proves webhooks (see webhook_secret)."""

    max_body = MAX_UPDATE

    def __init__(self, account: str, token: str, secret: str) -> None:
        self._account = account
        self._bot = updates.bot_id(token)
        self._secret = secret

    def verify(self, raw: RawRequest) -> None:
        """Webhooks show the secret; what our own poller fetched needs no proof."""
        if raw.method == "POLL":
            return
        webhook.prove(raw, self._secret)
        if raw.method != "POST":
            raise Forged("not posted", 403)

    def key(self, raw: RawRequest) -> Key:
        """The update's number with the bot's id; the lane is its chat."""
        return updates.key(self._account, self._bot, raw.body)

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """200, and no call in the body: what we say goes through the outbox."""
        return _OK
