"""The residents' bot: receives by long polling or webhook, sends, fetches files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiogram import Bot, methods
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, InputFile

from channels.telegram import plan, wire
from channels.telegram.ids import Ids
from hub.botapi import limits, webhook
from hub.botapi.bot import TELEGRAM, StreamedFile, make_bot, stream
from hub.botapi.outcome import attempt
from hub.botapi.poller import UpdatesPoller
from hub.botapi.receiver import BotDoor
from hub.botapi.updates import bot_id
from hub.domain.message import (
    Accepted,
    Attachment,
    Deferred,
    Outbound,
    OutboundFile,
    Outcome,
    Received,
    Rejected,
    Unsure,
)
from hub.ports.channel import (
    Accept,
    Capabilities,
    CheckFailed,
    FetchFailed,
    Limit,
    RawRequest,
)
from hub.ports.channel_build import Account, BadAccount, ChannelDeps

# The Bot API gives files up to this size.
DOWNLOAD_BYTES = 20 * 1024 * 1024
# How many seconds a message of several parts waits in the middle rather than break off.
PATIENCE = 5.0


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `token`, `mode` (polling or webhook), `api`, `secret` (of the webhook; made of the
    token if unset), `proxy` (http://…)."""
    token = account.need("token")
    try:
        bot = make_bot(token, account.get("api", TELEGRAM), proxy=account.get("proxy"))
    except ValueError:
        raise BadAccount(account.id, "token") from None
    try:
        secret = webhook.webhook_secret(account.id, token, account.get("secret"))
    except ValueError:
        raise BadAccount(account.id, "secret") from None
    match account.get("mode", "polling"):
        case "polling":
            return PolledTelegram(account.id, bot, secret, deps)
        case "webhook":
            return HookedTelegram(account.id, bot, secret, deps)
    raise BadAccount(account.id, "mode")


class Telegram(BotDoor):
    """What both ways of receiving share."""

    caps = Capabilities(
        # Longer ones are split at 4096.
        max_text=4 * plan.TEXT,
        max_caption=plan.CAPTION,
        max_edit=plan.TEXT,
        max_file=plan.UPLOAD_BYTES,
        files=True,
        buttons=True,
        edit=True,
        reactions=True,
        status_card=True,
    )

    def __init__(self, account: str, bot: Bot, secret: str, deps: ChannelDeps) -> None:
        super().__init__(account, bot.token, secret)
        self._ids = Ids(account, bot_id(bot.token))
        self._tg = bot
        self._deps = deps
        self._username = ""

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """See channels.telegram.wire."""
        return wire.received(self._ids, raw.body, raw.received_at)

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """Account and chat."""
        chat = int(out.to.to)
        if out.reaction and not (out.text or out.files):
            return limits.reactions(self._account, chat)
        return limits.limits(self._account, chat)

    async def send(self, out: Outbound) -> Outcome:
        """Send, in as many messages as it takes; `external_ids` name all of them."""
        if any(file.size > plan.UPLOAD_BYTES for file in out.files):
            return Rejected("file_size")
        if out.edit and not self._ids.number(int(out.to.to), out.edit):
            return Rejected("message_gone")
        made: list[str] = []
        for step in plan.plan(out, self._ids, self._open):
            outcome = await self._carry(step, patient=bool(made))
            if isinstance(outcome, Accepted):
                made += [
                    self._ids.message(int(out.to.to), int(number))
                    for number in outcome.external_ids
                ]
            elif step.optional:
                continue
            elif made and isinstance(outcome, Deferred):
                # Sent again as a whole, its beginning would stand there twice.
                return Unsure("partly_sent")
            else:
                return outcome
        return Accepted(tuple(made) or ((out.edit,) if out.edit else ()))

    async def _carry(self, step: plan.Step, *, patient: bool) -> Outcome:
        loop = asyncio.get_running_loop()
        until = loop.time() + (PATIENCE if patient else 0.0)
        while True:
            _, outcome = await attempt(self._tg, step.method, harmless=step.harmless)
            if isinstance(outcome, Rejected) and "no text in the message" in outcome.detail:
                step.method = _as_caption(step.method)
                continue
            if not isinstance(outcome, Deferred) or loop.time() + outcome.after > until:
                return outcome
            await asyncio.sleep(outcome.after)

    def _open(self, file: OutboundFile) -> InputFile:
        return StreamedFile(file.name, lambda: self._deps.files.read(file.id))

    async def acknowledge(self, callback: str, text: str = "") -> None:
        """Stop the clock on a pressed button; best effort, a lost one vanishes by itself."""
        call = methods.AnswerCallbackQuery(callback_query_id=callback, text=text or None)
        await attempt(self._tg, call, harmless=True)

    async def offer_commands(self, menus: Mapping[str, Mapping[str, str]]) -> None:
        """The menu beside the input line, by language; best effort."""
        for number, (language, menu) in enumerate(menus.items()):
            call = methods.SetMyCommands(
                commands=[
                    BotCommand(command=name, description=said) for name, said in menu.items()
                ],
                scope=BotCommandScopeAllPrivateChats(),
                language_code=language if number else None,
            )
            await attempt(self._tg, call, harmless=True)

    async def fetch(self, file: Attachment) -> AsyncIterator[bytes]:
        """Yield the file's bytes; the address, which holds the token, goes nowhere else."""
        if file.size > DOWNLOAD_BYTES:
            raise FetchFailed("file_too_large", final=True)
        asked = await attempt(self._tg, methods.GetFile(file_id=file.ref), harmless=True)
        found, outcome = asked
        if isinstance(outcome, Rejected):
            too_large = outcome.reason == "file_size"
            raise FetchFailed("file_too_large" if too_large else "file_gone", final=True)
        if found is None:
            raise FetchFailed("file_unavailable", final=False)
        if not found.file_path:
            raise FetchFailed("file_gone", final=True)
        try:
            async for chunk in stream(self._tg, found.file_path, DOWNLOAD_BYTES):
                yield chunk
        except FileNotFoundError:
            raise FetchFailed("file_gone", final=True) from None
        except ValueError:
            raise FetchFailed("file_too_large", final=True) from None
        except ConnectionError:
            raise FetchFailed("file_unavailable", final=False) from None

    async def deep_link(self, payload: str) -> str:
        """Where somebody starts the bot. Raises CheckFailed."""
        if not self._username:
            self._username = (await webhook.check(self._tg))["username"]
        if not self._username:
            raise CheckFailed("api_refused")
        return f"https://t.me/{self._username}?start={payload}"

    async def check(self) -> Mapping[str, str]:
        """Who the token says we are."""
        return await webhook.check(self._tg)

    async def close(self) -> None:
        """Close connections."""
        await self._tg.session.close()


class PolledTelegram(Telegram):
    """Fetches its updates itself."""

    def __init__(self, account: str, bot: Bot, secret: str, deps: ChannelDeps) -> None:
        super().__init__(account, bot, secret, deps)
        self.poller = UpdatesPoller(account, bot, deps.clock)

    async def listen(self, accept: Accept) -> None:
        """See hub.botapi.poller."""
        await self.poller.listen(accept)


class HookedTelegram(Telegram):
    """Has its updates posted to `/in/{account}`."""

    async def connect(self) -> None:
        """Tell the server our address and secret."""
        url = f"{self._deps.public_url}/in/{self._account}"
        await webhook.set_webhook(self._tg, url, self._secret)


def _as_caption(method: methods.TelegramMethod[Any]) -> methods.TelegramMethod[Any]:
    """The same edit for a message whose words stand under a picture."""
    assert isinstance(method, methods.EditMessageText)
    return methods.EditMessageCaption(
        chat_id=method.chat_id,
        message_id=method.message_id,
        caption=(method.text or "")[: plan.CAPTION],
        reply_markup=method.reply_markup,
    )
