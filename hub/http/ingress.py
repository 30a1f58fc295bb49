"""`POST|GET /in/{account}`: proven, kept, and only then answered.

This is the hottest path of the hub, so it does nothing else: no middleware stands before it, and
what was kept is understood elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from time import perf_counter

import structlog
from aiohttp import web
from structlog.contextvars import bind_contextvars

from hub.domain.errors import StoreDown
from hub.domain.message import stable_id
from hub.http.refusals import EVERYTHING_ELSE, Refusals
from hub.http.room import CUT, NoRoom, Room, TooMuch
from hub.ports.channel import (
    Answer,
    Branching,
    Forged,
    Kept,
    Malformed,
    RawRequest,
    Receiver,
    Tried,
)
from hub.ports.clock import Clock
from hub.ports.keeping import Keeper
from hub.ports.telephony import Answering, Callers
from hub.ports.texts import Texts

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
# Seconds after which a provider may try again.
RETRY_AFTER = "5"
# Seconds within which a caller is known, or the exchange is answered without: it does not wait.
KNOWN_WITHIN = 1.5

Measure = Callable[[str, str, float], None]
"""Account, outcome (kept, repeat, conflict, forged, malformed, too_large, too_slow, unavailable),
seconds until the answer."""


def _unmeasured(account: str, outcome: str, seconds: float) -> None:
    return


class Ingress:
    """Takes in for every account that receives."""

    def __init__(
        self,
        receivers: Mapping[str, Receiver],
        inbox: Keeper,
        clock: Clock,
        measure: Measure = _unmeasured,
        callers: Callers | None = None,
        texts: Texts | None = None,
    ) -> None:
        self._said = Refusals(texts)
        self._receivers = receivers
        self._callers = callers
        # Asked once: to ask a class what it can do is slow.
        self._branching = {id: one for id, one in receivers.items() if isinstance(one, Branching)}
        self._tried = {id: one for id, one in receivers.items() if isinstance(one, Tried)}
        self._answering = {id: one for id, one in receivers.items() if isinstance(one, Answering)}
        self._inbox = inbox
        self._clock = clock
        self._measure = measure
        self._room = Room()
        # Bound once: to find out at every message that nobody reads this is slow.
        self._log = log.bind()

    def routes(self) -> list[web.RouteDef]:
        """To be added to an application without middlewares."""
        return [
            web.post("/in/{account}", self.handle),
            web.get("/in/{account}", self.handle, allow_head=False),
            web.post("/in/{account}/{branch:.+}", self.below),
            # Only what nothing above takes comes here.
            web.route("*", "/in" + EVERYTHING_ELSE, self.otherwise),
            *self._said.elsewhere(),
        ]

    async def below(self, request: web.Request) -> web.Response:
        """Answer a call to an address below the account's, if the account has such."""
        branching = self._branching.get(request.match_info["account"])
        if branching is None or not branching.branch(request.match_info["branch"]):
            return self._said(404, "unknown_address")
        return await self.handle(request)

    async def otherwise(self, request: web.Request) -> web.Response:
        """Say what is wrong with a call that is no webhook: its address or its method."""
        account, _, branch = request.match_info["rest"].removeprefix("/").partition("/")
        if account not in self._receivers:
            return self._said(404, "unknown_account" if account else "unknown_address")
        if not branch and not request.match_info["rest"].endswith("/"):
            return self._said(405, "method", allow=("GET", "POST"))
        branching = self._branching.get(account)
        if branching is None or not branching.branch(branch):
            return self._said(404, "unknown_address")
        return self._said(405, "method", allow=("POST",))

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one webhook call."""
        began = perf_counter()
        # A connection serves many calls in one context.
        bind_contextvars(trace="")
        account = request.match_info["account"]
        receiver = self._receivers.get(account)
        if receiver is None:
            return self._said(404, "unknown_account")
        try:
            body = await self._room.read(request.content, request.content_length, receiver.max_body)
        except (TooMuch, NoRoom, TimeoutError, *CUT) as broken:
            outcome, answer = self._broken_off(account, broken)
            self._measure(account, outcome, perf_counter() - began)
            return answer
        raw = self._raw(account, request, body)
        if (tried := self._tried.get(account)) and (told := tried.tried(raw)):
            return web.Response(status=told.status, body=told.body, content_type=told.content_type)
        try:
            kept = await self._kept(receiver, raw)
        except (Forged, Malformed, StoreDown) as refusal:
            outcome, answer = self._refused(account, refusal)
            self._measure(account, outcome, perf_counter() - began)
            return answer
        except Exception:
            # Nobody foresaw it: not kept, so the provider sends it again.
            log.exception("ingress.failed", account=account)
            self._measure(account, "unavailable", perf_counter() - began)
            return self._said(500, "internal")
        told = await self._told(account, raw, kept) or receiver.answer(raw, kept)
        outcome = "kept" if kept.state == "new" else kept.state
        self._measure(account, outcome, perf_counter() - began)
        if outcome == "conflict" and told.status >= 400:
            return self._said(told.status, outcome)
        return web.Response(status=told.status, body=told.body, content_type=told.content_type)

    async def accept(self, raw: RawRequest) -> Kept:
        """Keep what a poller fetched (an Accept). Raises what `verify`, `key` and `keep` raise."""
        began = perf_counter()
        kept = await self._kept(self._receivers[raw.account], raw)
        outcome = "kept" if kept.state == "new" else kept.state
        self._measure(raw.account, outcome, perf_counter() - began)
        return kept

    async def _told(self, account: str, raw: RawRequest, kept: Kept) -> Answer | None:
        """The answer with data, where the provider waits for some and the hub knows in time."""
        answering = self._answering.get(account)
        if answering is None or self._callers is None:
            return None
        try:
            async with asyncio.timeout(KNOWN_WITHIN):
                return await answering.tell(raw, kept, self._callers)
        except (TimeoutError, StoreDown):
            log.warning("ingress.untold", account=account)
            return None

    def _raw(self, account: str, request: web.Request, body: bytes) -> RawRequest:
        return RawRequest(
            account=account,
            method=request.method,
            path=request.rel_url.raw_path,
            query=request.rel_url.raw_query_string,
            headers={
                name: _readable(value)
                for key, value in request.headers.items()
                if (name := key.lower()) not in DROPPED
            },
            body=body,
            received_at=self._clock.now(),
        )

    async def _kept(self, receiver: Receiver, raw: RawRequest) -> Kept:
        receiver.verify(raw)
        # No channel needs it any more, and whoever reads rows must not get it.
        raw.headers.pop("authorization", None)
        key = receiver.key(raw)
        # The row's id goes through the logs from here to delivery.
        bind_contextvars(trace=stable_id(raw.account, key.external_id))
        kept = await self._inbox.keep(raw, key)
        self._log.debug("ingress.kept", account=raw.account, state=kept.state)
        return kept

    def _broken_off(self, account: str, why: Exception) -> tuple[str, web.Response]:
        log.warning("ingress.broken_off", account=account, why=type(why).__name__)
        match why:
            case TooMuch():
                outcome, answer = "too_large", self._said(413, "too_large")
            case NoRoom():
                outcome, answer = "unavailable", self._later()
            case TimeoutError():
                outcome, answer = "too_slow", self._said(408, "too_slow")
            case _:
                outcome, answer = "malformed", self._said(400, "broken_off")
        # What was not read cannot be skipped: the connection ends with this answer.
        answer.force_close()
        return outcome, answer

    def _later(self) -> web.Response:
        answer = self._said(503, "not_kept")
        answer.headers["Retry-After"] = RETRY_AFTER
        return answer

    def _refused(
        self, account: str, refusal: Forged | Malformed | StoreDown
    ) -> tuple[str, web.Response]:
        if isinstance(refusal, Forged):
            log.warning("ingress.forged", account=account, why=str(refusal))
            return "forged", self._said(refusal.status, "not_proven")
        if isinstance(refusal, Malformed):
            log.warning("ingress.malformed", account=account)
            return "malformed", self._said(400, "malformed", str(refusal))
        log.error("ingress.store_down", account=account)
        return "unavailable", self._later()


def _readable(value: str) -> str:
    """A header's value as text that can be compared, kept and shown: bytes that are no text came
    as halves of characters, which nothing takes."""
    if value.isascii():
        return value
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
