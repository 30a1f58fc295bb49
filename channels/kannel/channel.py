"""A Kannel gateway: smsbox calls us for what comes in and for reports, we call its sendsms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout
from yarl import URL

from channels.kannel import proof, wire
from hub.domain.message import (
    Accepted,
    Address,
    Deferred,
    Identity,
    Outbound,
    Outcome,
    Received,
    Rejected,
    Unsure,
)
from hub.ports.channel import (
    Answer,
    CheckFailed,
    Kept,
    Key,
    Limit,
    Malformed,
    RawRequest,
    Unreadable,
)
from hub.ports.channel_build import Account, BadAccount, ChannelDeps
from hub.sms.vendor import Texts

MAX_BODY = 64 * 1024
MAX_SEGMENTS = 10
"""Kannel's own `max-messages` unless set otherwise."""
TIMEOUT = 15.0
AGAIN, AGAIN_TOKEN = 10.0, 60.0
PER_SECOND = 20
OF_A_CASE = re.compile(r"\d{1,15}-\d{1,9}")
_EMPTY = Answer(200, b"", "text/plain")


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `sendsms`, `username`, `password`, `sender`, `smsc`, `key`, `transliterate`."""
    sendsms = account.need("sendsms")
    if urlsplit(sendsms).scheme not in {"http", "https"}:
        raise BadAccount(account.id, "sendsms")
    return Gateway(account, deps)


class Gateway:
    """Both directions of one account."""

    max_body = MAX_BODY

    def __init__(self, account: Account, deps: ChannelDeps) -> None:
        self._id = account.id
        self._key = account.need("key")
        self._sendsms = account.need("sendsms")
        self._login = {
            "username": account.need("username"),
            "password": account.need("password"),
            "sender": account.get("sender"),
            "smsc": account.get("smsc"),
        }
        self._texts = Texts(account, wire.CHANNEL, MAX_SEGMENTS, two_way=True)
        self.caps = self._texts.caps
        self._deps = deps
        self._session: ClientSession | None = None

    # ── in ───────────────────────────────────────────────────────────────────────────────────

    def verify(self, raw: RawRequest) -> None:
        """See channels.kannel.proof."""
        proof.prove(raw, self._id, self._key)

    def key(self, raw: RawRequest) -> Key:
        """Kannel's id of a message, ours of a report; the lane is who wrote."""
        return wire.key(self._id, proof.Told(raw.query))

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """A message, a part of one, or a report."""
        try:
            return wire.received(self._id, proof.Told(raw.query), raw.received_at)
        except Malformed as error:
            raise Unreadable(str(error)) from None

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """Nothing: smsbox would send any text back to the phone."""
        return _EMPTY

    # ── out ──────────────────────────────────────────────────────────────────────────────────

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """One budget for the account, so that its pauses have a name."""
        return [Limit(f"kannel:{self._id}", PER_SECOND, 1.0)]

    def reach(self, identity: Identity) -> Address | None:
        """A phone can be written to first."""
        return self._texts.reach(identity)

    async def send(self, out: Outbound) -> Outcome:
        """Hand the text over; Kannel cuts it. Accepted means queued there: the reports tell the
        rest."""
        text = self._texts.of(out)
        if isinstance(text, Rejected):
            return text
        query = wire.asked(text, out.to.to, self._login, self._report(out))
        url = URL(f"{self._sendsms}?{query}", encoded=True)
        try:
            async with self._open().get(url, allow_redirects=False) as answer:
                said = (await answer.content.read(400)).decode("utf-8", "replace").strip()
                return _outcome(answer.status, said)
        except ClientConnectorError:
            return Deferred("network", AGAIN, "account")
        except TimeoutError:
            return Unsure("timeout")
        except (ClientError, OSError):
            return Unsure("network")

    def _report(self, out: Outbound) -> str:
        """Where Kannel tells what became of it: our own id, signed. What belongs to no case has
        nobody who waits for that. Kannel fills what begins with a per cent sign."""
        if not OF_A_CASE.fullmatch(out.id):
            return ""
        made = f"{self._deps.clock.now().timestamp():.0f}"
        sign = proof.signature(self._key, self._id, out.id, made)
        own = f"{self._deps.public_url}/in/{self._id}?out={out.id}&made={made}&sig={sign}"
        return f"{own}&status=%d&reply=%A&ts=%T"

    async def check(self) -> Mapping[str, str]:
        """Ask sendsms for a message to nobody: it checks the password first and sends nothing."""
        login = {name: self._login[name] for name in ("username", "password")}
        try:
            async with self._open().get(
                URL(self._sendsms).with_query({**login, "text": "check"}), allow_redirects=False
            ) as answer:
                said = (await answer.content.read(400)).decode("utf-8", "replace").lower()
                status = answer.status
        except (ClientError, TimeoutError, OSError, ValueError):
            raise CheckFailed("api_unreachable") from None
        if status in {401, 403}:
            raise CheckFailed("token")
        if status == 404 or "receiver" not in said:
            raise CheckFailed("api_unknown")
        return {"sendsms": self._sendsms}

    def _open(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = ClientSession(timeout=ClientTimeout(total=TIMEOUT, sock_connect=5))
        return self._session

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _outcome(status: int, said: str) -> Outcome:
    if 200 <= status < 300:
        return Accepted()
    if status in {401, 403}:
        # Wrong for the whole account: no message is lost over it.
        return Deferred("token", AGAIN_TOKEN, "account")
    if status in {429, 503}:
        # «Temporal failure, try again later»: said before the message is queued.
        return Deferred("server", AGAIN, "account")
    if status >= 500:
        return Unsure("server")
    return Rejected("refused", said[:200])
