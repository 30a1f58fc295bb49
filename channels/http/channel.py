"""The open door: signed JSON comes in, signed JSON goes out to `reply_url`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout

from channels.http import proof, wire
from hub.domain.message import (
    Accepted,
    Attachment,
    Deferred,
    Outbound,
    Outcome,
    Received,
    Rejected,
)
from hub.fetch import PublicFetch
from hub.ports.channel import (
    Answer,
    Capabilities,
    CheckFailed,
    Kept,
    Key,
    Limit,
    Malformed,
    RawRequest,
    Unreadable,
)
from hub.ports.channel_build import Account, BadAccount, ChannelDeps

# Seconds before the next try when the program is away or asks for patience.
AGAIN = 10.0
TIMEOUT = 15.0
PER_SECOND = 100


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `secret`, `reply_url` (none: nobody can be answered)."""
    secret = account.need("secret")
    reply_url = account.get("reply_url")
    if not reply_url:
        return Door(account.id, secret.encode(), deps)
    if not reply_url.startswith(("http://", "https://")):
        raise BadAccount(account.id, "reply_url")
    return AnsweringDoor(account.id, secret.encode(), deps, reply_url)


class Door:
    """Receives, and fetches the files that come by address."""

    def __init__(self, account: str, secret: bytes, deps: ChannelDeps) -> None:
        self.max_body = deps.max_body
        self._account = account
        self._secret = secret
        self._deps = deps
        self._fetch = PublicFetch(deps.allow_hosts)

    def verify(self, raw: RawRequest) -> None:
        """See channels.http.proof."""
        proof.prove(raw, self._secret)

    def key(self, raw: RawRequest) -> Key:
        """The message's own id; another body under the same id is refused."""
        return wire.key(self._account, wire.read(raw.body))

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """One message."""
        try:
            message = wire.read(raw.body)
        except Malformed as error:
            raise Unreadable(str(error)) from None
        return [wire.inbound(self._account, message, raw.received_at)]

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """202 and the row's id, for a repeat too; 409 for another body under the same id."""
        if kept.state == "conflict":
            return Answer(409, b'{"error":"conflict"}')
        return Answer(202, b'{"inbox_id":"%b"}' % kept.id.encode())

    def fetch(self, file: Attachment) -> AsyncIterator[bytes]:
        """From public addresses only."""
        return self._fetch.read(file.ref, self._deps.max_file)

    async def close(self) -> None:
        """Close connections."""
        await self._fetch.close()


class AnsweringDoor(Door):
    """Posts answers. A repeat bears the same id, by which the program knows it."""

    def __init__(self, account: str, secret: bytes, deps: ChannelDeps, reply_url: str) -> None:
        super().__init__(account, secret, deps)
        self.caps = Capabilities(
            max_text=100_000, max_file=deps.max_file, files=True, idempotent=True
        )
        self._reply_url = reply_url
        self._session: ClientSession | None = None

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """One budget for the account, so that its pauses have a name."""
        return [Limit(f"http:{self._account}", PER_SECOND, 1.0)]

    async def send(self, out: Outbound) -> Outcome:
        """Post; any 2xx is delivered. What is unclear is sent again: a repeat does no harm."""
        body = wire.answered(out, self._deps.file_url)
        headers = proof.signed(self._secret, self._deps.clock.now(), body)
        headers["Content-Type"] = "application/json"
        try:
            async with self._open().post(
                self._reply_url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return _outcome(out, answer.status, answer.headers.get("Retry-After", ""))
        except ClientConnectorError:
            return Deferred("network", AGAIN, "account")
        except (ClientError, TimeoutError, OSError, ValueError):
            return Deferred("network", AGAIN)

    async def check(self) -> Mapping[str, str]:
        """Whether something listens at `reply_url`; any answer will do."""
        try:
            async with self._open().head(self._reply_url, allow_redirects=False) as answer:
                return {"reply_url": self._reply_url, "status": str(answer.status)}
        except (ClientError, TimeoutError, OSError, ValueError):
            raise CheckFailed("api_unreachable") from None

    def _open(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                timeout=ClientTimeout(total=TIMEOUT, sock_connect=5),
                headers={"User-Agent": "residents-hub"},
            )
        return self._session

    async def close(self) -> None:
        """Close connections."""
        await super().close()
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
