"""Telling the app's backend of an answer, unless the resident gets it in the open app."""

from __future__ import annotations

import hmac
from datetime import datetime

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout

from channels.app import wire
from hub.domain.message import Accepted, Deferred, Outbound, Outcome, Rejected
from hub.ports.channel import CheckFailed
from hub.ports.channel_build import ChannelDeps
from hub.ports.residentapp import got, present

AGAIN = 10.0
"""Seconds before the next try when the backend is away."""
TIMEOUT = 15.0
MEANWHILE = 5.0
"""Seconds in which an open app says that it has the answer; then the backend is told."""
WAITED = 3600.0


def signed(secret: bytes, now: datetime, body: bytes) -> dict[str, str]:
    """Headers that prove a body at this time, as accounts of kind http have them."""
    stamp = str(int(now.timestamp()))
    proof = hmac.digest(secret, b"%b.%b" % (stamp.encode(), body), "sha256").hex()
    return {
        "X-Hub-Timestamp": stamp,
        "X-Hub-Signature": f"sha256={proof}",
        "Content-Type": "application/json",
    }


class Pushing:
    """The Sender's half of the channel. A repeat bears the same id."""

    def __init__(
        self, account: str, address: str, secret: bytes, deps: ChannelDeps, *, always: bool
    ) -> None:
        self._account = account
        self._address = address
        self._secret = secret
        self._deps = deps
        self._always = always
        self._session: ClientSession | None = None

    async def send(self, out: Outbound) -> Outcome:
        """Push; any 2xx is delivered."""
        if not self._always and not out.edit and out.case:
            meanwhile = await self._open_app(out)
            if meanwhile is not None:
                return meanwhile
        pushed = await self._push(out)
        # The thread in the app says the new words already; the push only hurries it.
        return Accepted((out.id,)) if out.edit and isinstance(pushed, Rejected) else pushed

    async def _open_app(self, out: Outbound) -> Outcome | None:
        """What an open app makes of it; None: the backend is to be told."""
        presence = self._deps.presence
        if presence is None:
            return None
        if await presence.marked(got(self._account, out.id)):
            return Accepted((out.id,), state="delivered")
        here = await presence.here(present(self._account, wire.speaker(out.to.to)))
        if here and await presence.first(f"wait:{self._account}:{out.id}", WAITED):
            return Deferred("app_open", MEANWHILE)
        return None

    async def _push(self, out: Outbound) -> Outcome:
        now = self._deps.clock.now()
        body = wire.pushed(out, now, self._deps.file_url)
        try:
            async with self._http().post(
                self._address,
                data=body,
                headers=signed(self._secret, now, body),
                allow_redirects=False,
            ) as answer:
                return _outcome(out, answer.status, answer.headers.get("Retry-After", ""))
        except ClientConnectorError:
            return Deferred("network", AGAIN, "account")
        except (ClientError, TimeoutError, OSError, ValueError):
            return Deferred("network", AGAIN)

    async def check(self) -> str:
        """What is answered at the address; any answer will do. Raises CheckFailed."""
        try:
            async with self._http().head(self._address, allow_redirects=False) as answer:
                return str(answer.status)
        except (ClientError, TimeoutError, OSError, ValueError):
            raise CheckFailed("api_unreachable") from None

    def _http(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                timeout=ClientTimeout(total=TIMEOUT, sock_connect=5),
                headers={"User-Agent": "residents-hub"},
            )
        return self._session

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _outcome(out: Outbound, status: int, retry_after: str) -> Outcome:
    if 200 <= status < 300:
        return Accepted((out.id,), state="delivered")
    if status == 429 or (status == 503 and retry_after):
        after = float(retry_after) if retry_after.isdigit() else AGAIN
        return Deferred("rate_limit", min(after, 3600.0), "account")
    if status in {408, 425} or status >= 500:
        return Deferred("server", AGAIN)
    return Rejected("refused", f"HTTP {status}")
