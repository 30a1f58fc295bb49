"""Staff bots of the settings: their connections, doors, pollers and webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bots.build import StaffBots, build_staff, staff_bot
from bots.common.staffbot import StaffBot
from hub.botapi import menu, webhook
from hub.botapi.bot import make_bot
from hub.botapi.poller import UpdatesPoller
from hub.botapi.receiver import BotDoor
from hub.domain.message import Received
from hub.ports.channel import CheckFailed, Hook, Poller, RawRequest, Receiver
from hub.ports.dialogues import Dialogues
from hub.services.services import Services
from hub.settings import BotAccount, Settings

log = structlog.get_logger(__name__)


class StaffDoor(BotDoor):
    """Takes in for a staff bot. What comes in is a conversation, handed on as it is."""

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """No message of a resident ever comes by a staff bot."""
        return ()


class StaffHook:
    """Tells the Bot API server where the webhook of a staff bot is."""

    def __init__(self, bots: StaffBots, account: str, url: str, secret: str) -> None:
        self._bot = bots.bots[account].bot
        self._url = url
        self._secret = secret

    async def connect(self) -> None:
        """Safe to repeat. Raises CheckFailed."""
        await webhook.set_webhook(self._bot, self._url, self._secret)


class StaffMenu:
    """Puts the way to the desk beside the input field of a staff bot."""

    def __init__(self, bot: StaffBot, label: str) -> None:
        self._bot = bot
        self._label = label

    async def connect(self) -> None:
        """Safe to repeat. Raises CheckFailed."""
        await menu.set_menu(self._bot.bot, self._label, self._bot.app)


@dataclass(frozen=True)
class StaffSide:
    """Everything about staff bots that a process needs. `menus`, by account, want to be connected
    at the start, as `hooks` do."""

    bots: StaffBots
    receivers: dict[str, Receiver]
    pollers: dict[str, Poller]
    hooks: dict[str, Hook]
    menus: dict[str, Hook]
    names: dict[str, str]

    async def username(self, account: str) -> str:
        """The bot's user name, asked once; empty when it cannot be asked now."""
        if not self.names.get(account):
            try:
                self.names[account] = (await webhook.check(self.bots.bots[account].bot))["username"]
            except CheckFailed as failed:
                log.warning("bot.unreachable", account=account, why=str(failed))
        return self.names.get(account, "")


def staff_side(settings: Settings, services: Services, dialogues: Dialogues) -> StaffSide:
    """Build it from the settings."""
    accounts = settings.bots
    bots = build_staff([_bot(one, settings) for one in accounts], services, dialogues)
    names = {one.id: one.username or "" for one in accounts}
    side = StaffSide(bots, {}, {}, {}, {}, names)
    label = services.deps.texts.render("bot/staff/buttons", "ru", name="app", count=0)
    for one in accounts:
        token = one.token.get_secret_value()
        given = one.secret.get_secret_value() if one.secret else ""
        secret = webhook.webhook_secret(one.id, token, given)
        side.receivers[one.id] = StaffDoor(one.id, token, secret)
        side.menus[one.id] = StaffMenu(bots.bots[one.id], label)
        if one.mode == "webhook":
            side.hooks[one.id] = StaffHook(bots, one.id, f"{settings.base_url}/in/{one.id}", secret)
        else:
            side.pollers[one.id] = UpdatesPoller(one.id, bots.bots[one.id].bot, services.deps.clock)
    return side


def _bot(one: BotAccount, settings: Settings) -> StaffBot:
    """Keys that open pages are for those who work with cases, where Telegram would show them."""
    app = settings.mini_app_url(one.id) if "operator" in one.roles else ""
    desk = f"{settings.base_url}/desk" if settings.public_url or app else ""
    return staff_bot(
        one.id, make_bot(one.token.get_secret_value(), one.api), one.roles, app=app, desk=desk
    )
