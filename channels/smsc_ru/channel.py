"""SMSC.ru: send.php out; reports and incoming messages are posted to us."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from channels.smsc_ru import wire
from hub.domain.message import (
    Accepted,
    Address,
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
    Forged,
    Kept,
    Key,
    Limit,
    Malformed,
    RawRequest,
    Unreadable,
)
from hub.ports.channel_build import Account, BadAccount, ChannelDeps
from hub.sms import forms, vendor
from hub.sms.vendor import Line, Texts, Unheard

API = "https://smsc.ru"
MAX_BODY = 64 * 1024
MAX_SEGMENTS = 10
PER_SECOND = 10
KEY = frozenset({"key"})
_OK = Answer(200, b"OK", "text/plain")


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `api_key` (or `login` and `password`), `sender`, `key`, `api`, `transliterate`.
    Without `key` nothing can come in: neither messages nor reports."""
    if account.get("key"):
        return Receiving(account)
    return Sending(account)


class Sending:
    """Sends."""

    def __init__(self, account: Account) -> None:
        self._id = account.id
        self._api = vendor.base(account, API)
        self._login = _login(account)
        self._sender = account.get("sender")
        self._line = Line()
        self._texts = Texts(account, wire.CHANNEL, MAX_SEGMENTS, two_way=bool(account.get("key")))
        self.caps = self._texts.caps

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """One budget for the account, so that its pauses have a name."""
        return [Limit(f"smsc_ru:{self._id}", PER_SECOND, 1.0)]

    def reach(self, identity: Identity) -> Address | None:
        """A phone can be written to first."""
        return self._texts.reach(identity)

    async def send(self, out: Outbound) -> Outcome:
        """Hand the text over; SMSC.ru cuts it. Where no answer came, it is asked whether it has
        the message: it goes by our own name there."""
        text = self._texts.of(out)
        if isinstance(text, Rejected):
            return text
        name = wire.name_of(out)
        asked = {
            **self._login,
            "phones": vendor.digits(out.to.to),
            "mes": text,
            "id": name,
            "charset": "utf-8",
            "fmt": "3",
        }
        if self._sender:
            asked["sender"] = self._sender
        try:
            answer = await self._line.ask("POST", f"{self._api}/sys/send.php", form=asked)
        except Unheard as unheard:
            outcome = unheard.outcome
        else:
            outcome = vendor.refused(answer) or wire.sent(name, answer.told)
        return await self._settled(out, name) if isinstance(outcome, Unsure) else outcome

    async def _settled(self, out: Outbound, name: str) -> Outcome:
        """Whether a message whose answer was lost is there."""
        asked = {
            **self._login,
            "phone": vendor.digits(out.to.to),
            "id": name,
            "charset": "utf-8",
            "fmt": "3",
        }
        try:
            answer = await self._line.ask("POST", f"{self._api}/sys/status.php", form=asked)
        except Unheard:
            return Unsure("network")
        there = wire.known(answer.told) if answer.status == 200 else None
        if there is None:
            return Unsure("network")
        return Accepted((name,)) if there else wire.again()

    async def check(self) -> Mapping[str, str]:
        """What is left on the account: it proves login and password as well."""
        asked = {**self._login, "fmt": "3", "charset": "utf-8"}
        try:
            answer = await self._line.ask("POST", f"{self._api}/sys/balance.php", form=asked)
        except Unheard:
            raise CheckFailed("api_unreachable") from None
        if str(answer.told.get("error_code")) == "2" or answer.status in {401, 403}:
            raise CheckFailed("token_refused")
        if "balance" not in answer.told:
            raise CheckFailed("api_refused")
        return {"balance": str(answer.told["balance"])}

    async def close(self) -> None:
        """Close connections."""
        await self._line.close()


class Receiving(Sending):
    """Takes in what is posted to `/in/{account}?key=…`."""

    max_body = MAX_BODY

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._key = account.need("key")

    def verify(self, raw: RawRequest) -> None:
        """The address holds the key; SMSC.ru's own checksums are not relied upon."""
        shown = forms.fields(raw.query.encode()).get("key")
        raw.query = forms.without(raw.query, KEY)
        if shown is None:
            raise Forged("no key", 401)
        if not hmac.compare_digest(shown.encode(), self._key.encode()):
            raise Forged("wrong key", 403)

    def key(self, raw: RawRequest) -> Key:
        """See channels.smsc_ru.wire."""
        return wire.key(self._id, _told(raw))

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """A message or a report."""
        try:
            return wire.received(self._id, _told(raw), raw.received_at)
        except Malformed as error:
            raise Unreadable(str(error)) from None

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """Any 200 will do."""
        return _OK


def _told(raw: RawRequest) -> dict[str, str]:
    """What is posted, or stands in the address."""
    return {**forms.fields(raw.query.encode()), **forms.fields(raw.body)}


def _login(account: Account) -> dict[str, str]:
    if api_key := account.get("api_key"):
        return {"apikey": api_key}
    if not account.get("login"):
        raise BadAccount(account.id, "api_key")
    return {"login": account.need("login"), "psw": account.need("password")}
