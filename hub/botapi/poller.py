"""Durable long polling: an update is kept before its number is confirmed to the server.

aiogram's own polling confirms before it handles, and loses what is in flight when the process
dies (50 of 50 in a test). Here the offset never moves beyond an update that is not kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiohttp import ClientError, ClientTimeout

from hub.botapi import updates, webhook
from hub.ports.channel import Accept, CheckFailed, Malformed, RawRequest
from hub.ports.clock import Clock

log = structlog.get_logger(__name__)

# Seconds between tries while something is wrong; the last one repeats.
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
LIMIT = 100
WAIT = 25
# Longer than `WAIT`: the server answers an empty list by itself.
GRACE = 10.0


class Trouble(Exception):
    """The server did not give updates; `why` is a short word for logs, `after` its own wish."""

    def __init__(self, why: str, after: float = 0.0, *, hooked: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.after = after
        self.hooked = hooked


class NotKept(Exception):
    """The store did not take an update (the batch is asked for again from there)."""


class UpdatesPoller:
    """A Poller for one bot account. `trouble` says why nothing comes just now (empty: it does)."""

    def __init__(
        self,
        account: str,
        bot: Bot,
        clock: Clock,
        *,
        wait: int = WAIT,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._account = account
        self._bot = bot
        self._id = updates.bot_id(bot.token)
        self._clock = clock
        self._wait = wait
        self._pauses = pauses
        self._offset = 0
        self.trouble = ""

    async def listen(self, accept: Accept) -> None:
        """Run until cancelled; goes on by itself after every failure of server or store."""
        tries, connected = 0, False
        while True:
            after = 0.0
            try:
                if not connected:
                    await webhook.delete_webhook(self._bot)
                    connected = True
                await self._round(accept)
            except Trouble as trouble:
                why, after = trouble.why, trouble.after
                # Somebody set a webhook while we polled: it must go, or nothing ever comes.
                connected = connected and not trouble.hooked
            except CheckFailed as failed:
                why = str(failed)
            except NotKept as failed:
                why = str(failed)
            else:
                tries, self.trouble = 0, ""
                continue
            self.trouble = why
            pause = max(after, self._pauses[min(tries, len(self._pauses) - 1)])
            tries += 1
            log.warning("polling.pause", account=self._account, why=why, seconds=pause)
            await asyncio.sleep(pause)

    async def _round(self, accept: Accept) -> None:
        batch = await self._ask()
        # A server that answers out of order must not make us skip what it sends late.
        numbered = sorted((updates.number(body), bytes(body)) for body in batch)
        lanes: dict[str, list[tuple[int, bytes]]] = {}
        for number, body in numbered:
            lane = updates.key(self._account, self._id, body).lane
            lanes.setdefault(lane, []).append((number, body))
        # Chats side by side, each in its own order.
        left = await asyncio.gather(*(self._keep(accept, rows) for rows in lanes.values()))
        unkept = [number for number in left if number is not None]
        if unkept:
            self._offset = min(unkept)
            raise NotKept("store_down")
        if numbered:
            self._offset = numbered[-1][0] + 1

    async def _keep(self, accept: Accept, rows: list[tuple[int, bytes]]) -> int | None:
        """Keep the updates of one chat; returns the number of the first that was not kept."""
        for number, body in rows:
            raw = RawRequest(
                account=self._account, method="POLL", body=body, received_at=self._clock.now()
            )
            try:
                await accept(raw)
            except Exception as error:
                log.warning("polling.not_kept", account=self._account, error=type(error).__name__)
                return number
        return None

    async def _ask(self) -> list[msgspec.Raw]:
        session = self._bot.session
        assert isinstance(session, AiohttpSession)
        http = await session.create_session()
        try:
            async with http.post(
                session.api.api_url(token=self._bot.token, method="getUpdates"),
                json={
                    "offset": self._offset,
                    "limit": LIMIT,
                    "timeout": self._wait,
                    "allowed_updates": list(updates.ALLOWED),
                },
                timeout=ClientTimeout(total=self._wait + GRACE, sock_connect=10),
            ) as answer:
                status, content = answer.status, await answer.read()
        except (ClientError, TimeoutError, OSError) as error:
            raise Trouble(type(error).__name__) from None
        return _read(status, content)


def _read(status: int, content: bytes) -> list[msgspec.Raw]:
    try:
        batch = updates.batch.decode(content)
        if status == 200 and batch.ok:
            for body in batch.result:
                updates.number(body)
            return batch.result
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Malformed):
        raise Trouble(f"unreadable {status}") from None
    after = batch.parameters.get("retry_after", 0)
    raise Trouble(
        f"http {status}",
        float(after) if isinstance(after, int | float) else 0.0,
        hooked=status == 409 and "webhook" in batch.description.lower(),
    )
