"""SMS.ru: /sms/send out; reports are posted to us. It brings no messages of residents."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from channels.sms_ru import wire
from hub.domain.message import Address, Identity, Outbound, Outcome, Received, Rejected
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

API = "https://sms.ru"
MAX_BODY = 256 * 1024
MAX_SEGMENTS = 8
PER_SECOND = 10
KEY = frozenset({"key"})
# «The answer must be exactly 100», else the call comes again.
_HEARD = Answer(200, b"100", "text/plain")


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `api_key` (or `login` and `password`), `sender`, `key`, `api`, `transliterate`."""
    return SmsRu(account)


class SmsRu:
    """Both directions of one account."""

    max_body = MAX_BODY

    def __init__(self, account: Account) -> None:
        self._id = account.id
        self._api = vendor.base(account, API)
        self._api_key = account.get("api_key")
        self._key = account.get("key")
        self._login = _login(account)
        self._sender = account.get("sender")
        self._line = Line()
        self._texts = Texts(account, wire.CHANNEL, MAX_SEGMENTS, two_way=False)
        self.caps = self._texts.caps

    # ── in ───────────────────────────────────────────────────────────────────────────────────

    def verify(self, raw: RawRequest) -> None:
        """SMS.ru signs with the account's key; an account without one has a word in the address."""
        shown = forms.fields(raw.query.encode()).get("key")
        raw.query = forms.without(raw.query, KEY)
        told = forms.fields(raw.body)
        if self._key and shown is not None:
            if not hmac.compare_digest(shown.encode(), self._key.encode()):
                raise Forged("wrong key", 403)
            if "hash" not in told or not self._api_key:
                return
        if not self._api_key or "hash" not in told:
            raise Forged("not signed", 401)
        if not wire.signed(self._api_key, told):
            raise Forged("wrong signature", 403)

    def key(self, raw: RawRequest) -> Key:
        """See channels.sms_ru.wire."""
        return wire.key(self._id, forms.fields(raw.body))

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """Reports."""
        try:
            return wire.received(self._id, forms.fields(raw.body), raw.received_at)
        except Malformed as error:
            raise Unreadable(str(error)) from None

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """Exactly «100»."""
        return _HEARD

    # ── out ──────────────────────────────────────────────────────────────────────────────────

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """One budget for the account, so that its pauses have a name."""
        return [Limit(f"sms_ru:{self._id}", PER_SECOND, 1.0)]

    def reach(self, identity: Identity) -> Address | None:
        """A phone can be written to first."""
        return self._texts.reach(identity)

    async def send(self, out: Outbound) -> Outcome:
        """Hand the text over; SMS.ru cuts it."""
        text = self._texts.of(out)
        if isinstance(text, Rejected):
            return text
        to = vendor.digits(out.to.to)
        # The words have two names in its documents.
        asked = {**self._login, "to": to, "text": text, "msg": text, "json": "1"}
        if self._sender:
            asked["from"] = self._sender
        try:
            answer = await self._line.ask("POST", f"{self._api}/sms/send", form=asked)
        except Unheard as unheard:
            return unheard.outcome
        return vendor.refused(answer) or wire.sent(to, answer.told)

    async def check(self) -> Mapping[str, str]:
        """Whether the key is right, and what is left on the account."""
        asked = {**self._login, "json": "1"}
        try:
            answer = await self._line.ask("POST", f"{self._api}/my/balance", form=asked)
        except Unheard:
            raise CheckFailed("api_unreachable") from None
        code = str(answer.told.get("status_code") or "")
        if code in {"200", "300", "301", "302"} or answer.status in {401, 403}:
            raise CheckFailed("token_refused")
        if code != "100":
            raise CheckFailed("api_refused")
        return {"balance": str(answer.told.get("balance", ""))}

    async def close(self) -> None:
        """Close connections."""
        await self._line.close()


def _login(account: Account) -> dict[str, str]:
    if api_key := account.get("api_key"):
        return {"api_id": api_key}
    if not account.get("login"):
        raise BadAccount(account.id, "api_key")
    return {"login": account.need("login"), "password": account.need("password")}
