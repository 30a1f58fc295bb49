"""MTS Exolve: SendSMS out; what comes in and how ours fare is read from GetList."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.exolve import wire
from channels.exolve.poller import ListPoller
from hub.domain.message import Address, Identity, Outbound, Outcome, Received, Rejected
from hub.phones import e164
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
from hub.ports.channel_build import Account, ChannelDeps
from hub.sms import vendor
from hub.sms.vendor import Line, Texts, Unheard

API = "https://api.exolve.ru"
MAX_BODY = 64 * 1024
MAX_SEGMENTS = 10
PER_SECOND = 10


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `api_key`, `sender` (a number of the account, or a name), `api`, `transliterate`."""
    return Exolve(account, deps)


class Exolve:
    """Both directions of one account."""

    max_body = MAX_BODY

    def __init__(self, account: Account, deps: ChannelDeps) -> None:
        self._id = account.id
        self._api = f"{vendor.base(account, API)}/messaging/v1"
        self._headers = {"Authorization": f"Bearer {account.need('api_key')}"}
        self._sender = account.need("sender")
        self._line = Line()
        # Whoever is written to by a name cannot write back.
        two_way = bool(e164(self._sender))
        self._texts = Texts(account, wire.CHANNEL, MAX_SEGMENTS, two_way=two_way)
        self.caps = self._texts.caps
        self.poller = ListPoller(
            account.id,
            f"{self._api}/GetList",
            self._headers,
            self._sender,
            self._line,
            deps.clock,
        )

    # ── in ───────────────────────────────────────────────────────────────────────────────────

    async def listen(self, accept: Accept) -> None:
        """See channels.exolve.poller."""
        await self.poller.listen(accept)

    def verify(self, raw: RawRequest) -> None:
        """Only what we fetched ourselves is believed: Exolve's posts prove nothing."""
        if raw.method != "POLL":
            raise Forged("nothing is posted here", 401)

    def key(self, raw: RawRequest) -> Key:
        """See channels.exolve.wire."""
        return wire.key(self._id, wire.read(raw.body))

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """A message or a report."""
        try:
            return wire.received(self._id, wire.read(raw.body), raw.received_at)
        except Malformed as error:
            raise Unreadable(str(error)) from None

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """Nobody listens."""
        return Answer()

    # ── out ──────────────────────────────────────────────────────────────────────────────────

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """One budget for the account, so that its pauses have a name."""
        return [Limit(f"exolve:{self._id}", PER_SECOND, 1.0)]

    def reach(self, identity: Identity) -> Address | None:
        """A phone can be written to first."""
        return self._texts.reach(identity)

    async def send(self, out: Outbound) -> Outcome:
        """Hand the text over; Exolve cuts it."""
        text = self._texts.of(out)
        if isinstance(text, Rejected):
            return text
        asked = {
            "number": vendor.digits(self._sender),
            "destination": vendor.digits(out.to.to),
            "text": text,
        }
        try:
            answer = await self._line.ask(
                "POST", f"{self._api}/SendSMS", body=asked, headers=self._headers
            )
        except Unheard as unheard:
            return unheard.outcome
        outcome = vendor.refused(answer)
        if isinstance(outcome, Rejected):
            return wire.refused(answer.status, answer.told)
        return outcome or wire.sent(answer.told)

    async def check(self) -> Mapping[str, str]:
        """Whether the key opens the list of messages."""
        try:
            answer = await self._line.ask(
                "POST", f"{self._api}/GetList", body={"limit": 1}, headers=self._headers
            )
        except Unheard:
            raise CheckFailed("api_unreachable") from None
        if answer.status in {401, 403}:
            raise CheckFailed("token_refused")
        if answer.status != 200:
            raise CheckFailed("api_refused" if answer.status < 500 else "api_unreachable")
        return {"sender": self._sender}

    async def close(self) -> None:
        """Close connections."""
        await self._line.close()
