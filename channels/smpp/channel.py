"""An operator's centre by SMPP 3.4: one connection listens, and sends where it can."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from channels.smpp import pdu, submitting, wire
from channels.smpp.ledger import Ledger
from channels.smpp.line import Line
from channels.smpp.pdu import Pdu
from channels.smpp.session import Away, Refused, Session, opened
from channels.smpp.stretch import Stretches
from hub.domain.errors import StoreDown
from hub.domain.message import (
    Address,
    Deferred,
    Identity,
    Outbound,
    Outcome,
    Received,
    Rejected,
)
from hub.ports.channel import (
    Accept,
    Answer,
    CheckFailed,
    Forged,
    Kept,
    Key,
    Limit,
    Malformed,
    RawRequest,
    Unreadable,
)
from hub.ports.channel_build import Account, BadAccount, ChannelDeps
from hub.sms.vendor import Texts

log = structlog.get_logger(__name__)

MAX_BODY = 256 * 1024
MAX_SEGMENTS = 10
PER_SECOND = 10
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds between tries to bind; the last one repeats."""
GOOD_TIME = 4.0
"""Seconds after which a centre may have given up waiting for our answer."""
AGAIN_BIND = 60.0


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `host`, `port`, `system_id`, `password`, `sender`, `transliterate`, `long`."""
    return Centre(account, deps)


class Centre:
    """Both directions of one account."""

    max_body = MAX_BODY

    def __init__(self, account: Account, deps: ChannelDeps) -> None:
        self._id = account.id
        self._host, port = account.need("host"), account.need("port")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise BadAccount(account.id, "port")
        self._port = int(port)
        self._login = (account.need("system_id"), account.need("password"))
        self._sender = account.get("sender")
        if len(self._sender) > 20 or not self._sender.isascii():
            raise BadAccount(account.id, "sender")
        long = account.get("long", "parts")
        if long not in {"parts", "payload"}:
            raise BadAccount(account.id, "long")
        self._payload = long == "payload"
        self._texts = Texts(account, wire.CHANNEL, MAX_SEGMENTS, two_way=True)
        self.caps = self._texts.caps
        self._clock = deps.clock
        self._ledger = Ledger()
        self._stretches = Stretches(account.id, deps.marks, deps.clock)
        self._listening: Session | None = None
        self._line = Line(lambda: self._bound(pdu.BIND_TRANSMITTER))

    # ── in ───────────────────────────────────────────────────────────────────────────────────

    def verify(self, raw: RawRequest) -> None:
        """Only our own listener brings anything."""
        if raw.method != "POLL":
            raise Forged("nothing is posted here", 401)

    def key(self, raw: RawRequest) -> Key:
        """Our name of the delivery; the lane is who wrote."""
        return wire.key(self._id, wire.row(raw))

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """A message, a part of one, or a report."""
        try:
            return wire.received(self._id, wire.row(raw), raw.received_at)
        except Malformed as error:
            raise Unreadable(str(error)) from None

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """Nobody hears it: the centre is answered by the listener."""
        return Answer()

    async def listen(self, accept: Accept) -> None:
        """Hold a connection until cancelled; bind again after every failure."""
        failures = 0
        while True:
            try:
                await self._begin()
                session = await self._listener()
                failures = 0
                self._ledger.begin()
                self._listening = session
                log.info("smpp.bound", account=self._id)
                following = asyncio.create_task(self._stretches.follow())
                try:
                    await session.run(lambda data, said: self._deliver(accept, data, said))
                finally:
                    self._listening = None
                    following.cancel()
                    await asyncio.gather(following, return_exceptions=True)
                    await asyncio.shield(session.unbind())
            except Away as away:
                log.warning("smpp.away", account=self._id, why=str(away))
            except Refused as refused:
                log.error("smpp.refused", account=self._id, status=str(refused))
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    async def _begin(self) -> None:
        try:
            await self._stretches.begin()
        except Exception as error:
            # Without the store nothing can be kept: there is nothing to bind for.
            raise Away(type(error).__name__) from None

    async def _listener(self) -> Session:
        """Both directions where the centre knows that, else what comes in alone."""
        try:
            return await self._bound(pdu.BIND_TRANSCEIVER)
        except Refused as refused:
            if refused.status != pdu.INVALID_COMMAND:
                raise
            return await self._bound(pdu.BIND_RECEIVER)

    async def _deliver(self, accept: Accept, data: bytes, said: Pdu) -> int:
        """Keep a delivery; only then the centre hears that it was taken."""
        began = self._clock.now()
        try:
            async with self._stretches.under_way() as stretch:
                name = self._ledger.name(said, began, stretch)
                await accept(wire.kept(self._id, name, data, began))
        except StoreDown:
            return pdu.RETRY_LATER
        except Exception:
            # Whatever is wrong with us, the centre still has the message.
            log.exception("smpp.not_kept", account=self._id)
            return pdu.RETRY_LATER
        if (self._clock.now() - began).total_seconds() < GOOD_TIME:
            self._ledger.confirm(name)
        return pdu.OK

    # ── out ──────────────────────────────────────────────────────────────────────────────────

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """One budget for the account, so that its pauses have a name."""
        return [Limit(f"smpp:{self._id}", PER_SECOND, 1.0)]

    def reach(self, identity: Identity) -> Address | None:
        """A phone can be written to first."""
        return self._texts.reach(identity)

    async def send(self, out: Outbound) -> Outcome:
        """Submit every part. Accepted means that the centre has them: receipts tell the rest."""
        text = self._texts.of(out)
        if isinstance(text, Rejected):
            return text
        try:
            session = await self._sending()
        except Away:
            return Deferred("network", submitting.AGAIN, "account")
        except Refused as refused:
            taken = refused.status == pdu.ALREADY_BOUND
            return Deferred("server" if taken else "token", AGAIN_BIND, "account")
        parts = submitting.messages(out, text, self._sender, payload=self._payload)
        return await submitting.submit(session, parts)

    async def _sending(self) -> Session:
        """The connection that listens, where this process holds it and it can send; else one of its
        own."""
        session = self._listening
        if session is not None and session.alive and session.sends:
            return session
        return await self._line.session()

    async def check(self) -> Mapping[str, str]:
        """Bind and leave. A centre that has us already knows us."""
        try:
            session = await self._bound(pdu.BIND_TRANSMITTER)
        except Away:
            raise CheckFailed("api_unreachable") from None
        except Refused as refused:
            if refused.status == pdu.ALREADY_BOUND:
                return {"host": self._host, "bound": "already"}
            raise CheckFailed("token") from None
        await session.unbind()
        return {"host": self._host}

    async def _bound(self, command: int) -> Session:
        return await opened(self._host, self._port, command, *self._login)

    async def close(self) -> None:
        """End the connection for sending; the one that listens ends with its listener."""
        await self._line.close()
