"""`POST|GET /in/{account}`: proven, kept, and only then answered.

This is the hottest path of the hub, so it does nothing else: no middleware stands before it, and
what was kept is understood elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import msgspec
import structlog
from aiohttp import StreamReader, web

from hub.domain.errors import StoreDown
from hub.domain.message import stable_id
from hub.ports.channel import Forged, Kept, Key, Malformed, RawRequest, Receiver
from hub.ports.clock import Clock
from hub.ports.keeping import Keeper

log = structlog.get_logger(__name__)

# Of the transport, of a browser, or nobody's proof: not a part of what was said.
DROPPED = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "connection",
        "content-length",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "te",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "x-real-ip",
    }
)
# Seconds in which a body must be there, and after which a provider may try again.
BODY_TIME = 30.0
RETRY_AFTER = "5"


class TooMuch(Exception):
    """The body is longer than this receiver takes."""


class Ingress:
    """Takes in for every account that receives.

    `wake` is told the lane of each new row and must return at once.
    """

    def __init__(
        self,
        receivers: Mapping[str, Receiver],
        inbox: Keeper,
        clock: Clock,
        wake: Callable[[str], None],
    ) -> None:
        self._receivers = receivers
        self._inbox = inbox
        self._clock = clock
        self._wake = wake

    def routes(self) -> list[web.RouteDef]:
        """To be added to an application without middlewares."""
        return [
            web.post("/in/{account}", self.handle),
            web.get("/in/{account}", self.handle, allow_head=False),
        ]

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one webhook call."""
        account = request.match_info["account"]
        receiver = self._receivers.get(account)
        if receiver is None:
            return _said(404, "unknown_account")
        try:
            body = await _body(request.content, request.content_length, receiver.max_body)
        except TooMuch:
            # What was not read cannot be skipped: the connection ends with this answer.
            log.warning("ingress.too_large", account=account)
            refusal = _said(413, "too_large")
            refusal.force_close()
            return refusal
        except TimeoutError:
            refusal = _said(408, "too_slow")
            refusal.force_close()
            return refusal
        raw = RawRequest(
            account=account,
            method=request.method,
            path=request.rel_url.raw_path,
            query=request.rel_url.raw_query_string,
            headers={
                name: value
                for key, value in request.headers.items()
                if (name := key.lower()) not in DROPPED
            },
            body=body,
            received_at=self._clock.now(),
        )
        try:
            kept = await self._kept(receiver, raw)
        except Forged as forged:
            log.warning("ingress.forged", account=account, why=str(forged))
            return _said(forged.status, "not_proven")
        except Malformed as malformed:
            log.warning("ingress.malformed", account=account)
            return _said(400, "malformed", str(malformed))
        except StoreDown:
            refusal = _said(503, "not_kept")
            refusal.headers["Retry-After"] = RETRY_AFTER
            return refusal
        answer = receiver.answer(raw, kept)
        return web.Response(
            status=answer.status, body=answer.body, content_type=answer.content_type
        )

    async def accept(self, raw: RawRequest) -> Kept:
        """Keep what a poller fetched (an Accept). Raises what `verify`, `key` and `keep` raise."""
        return await self._kept(self._receivers[raw.account], raw)

    async def _kept(self, receiver: Receiver, raw: RawRequest) -> Kept:
        receiver.verify(raw)
        # No channel needs them any more, whoever reads rows must not get them.
        raw.headers.pop("authorization", None)
        key: Key = receiver.key(raw)
        # The row's id goes through the logs from here to delivery.
        trace = stable_id(raw.account, key.external_id)
        with structlog.contextvars.bound_contextvars(trace=trace):
            try:
                kept = await self._inbox.keep(raw, key)
            except StoreDown:
                log.error("ingress.store_down", account=raw.account)
                raise
            if kept.state == "new":
                self._wake(key.lane)
            log.debug("ingress.kept", account=raw.account, state=kept.state)
            return kept


async def _body(content: StreamReader, length: int | None, limit: int) -> bytes:
    if length is not None and length > limit:
        raise TooMuch
    first = await asyncio.wait_for(content.readany(), BODY_TIME)
    if content.at_eof():
        if len(first) > limit:
            raise TooMuch
        return first
    parts, size = [first], len(first)
    async with asyncio.timeout(BODY_TIME):
        while size <= limit:
            part = await content.readany()
            if not part and content.at_eof():
                return b"".join(parts)
            parts.append(part)
            size += len(part)
    raise TooMuch


def _said(status: int, error: str, detail: str = "") -> web.Response:
    told = {"error": error, "detail": detail} if detail else {"error": error}
    return web.Response(
        status=status, body=msgspec.json.encode(told), content_type="application/json"
    )
