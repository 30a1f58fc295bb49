"""Posting updates to webhooks: in order, again and again until they are taken."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

import aiohttp

from bots.emulator.clock import Clock
from bots.emulator.errors import bad_request
from bots.emulator.mailbox import Mailbox

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
ANSWER_WITHIN = 30.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def check_url(url: str) -> None:
    """Telegram wants HTTPS; here the bot stands on the same machine, and only there."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if host not in _LOOPBACK:
        raise bad_request("bad webhook: only loopback addresses are served")


def check_secret(secret: str) -> None:
    good = all(c.isascii() and (c.isalnum() or c in "_-") for c in secret)
    if not 1 <= len(secret) <= 256 or not good:
        raise bad_request("secret token contains unallowed characters")


class WebhookPusher:
    """One task for each bot that has a webhook."""

    def __init__(self, clock: Clock, first_pause: float = FIRST_PAUSE) -> None:
        self._clock = clock
        self._first_pause = first_pause
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN), trust_env=False
        )

    async def stop(self) -> None:
        for bot_id in list(self._tasks):
            await self._halt(bot_id)
        if self._session is not None:
            await self._session.close()

    async def follow(self, bot_id: int, mailbox: Mailbox) -> None:
        """Begin, change or end the posting of one bot after its settings changed."""
        await self._halt(bot_id)
        if mailbox.settings.url:
            self._tasks[bot_id] = asyncio.create_task(self._run(mailbox))

    async def _halt(self, bot_id: int) -> None:
        task = self._tasks.pop(bot_id, None)
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self, mailbox: Mailbox) -> None:
        pause = self._first_pause
        while True:
            update = await mailbox.head()
            reason = await self._post(mailbox, update)
            if not reason:
                mailbox.posted(update)
                pause = self._first_pause
                continue
            mailbox.failed(reason, int(self._clock.now()))
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _post(self, mailbox: Mailbox, update: dict[str, object]) -> str:
        """Empty if the bot took the update, otherwise why it did not."""
        assert self._session is not None
        headers = {SECRET_HEADER: mailbox.settings.secret} if mailbox.settings.secret else {}
        try:
            async with self._session.post(
                mailbox.settings.url, json=update, headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                if 200 <= answer.status < 300:
                    return ""
                return f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientError:
            return "Connection failed"
