"""The resident app: tokens of its backend prove residents, answers are pushed to the backend."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime

from jwt import PyJWK

from channels.app import tokens, wire
from channels.app.keys import ALGORITHM, Keys
from channels.app.push import Pushing
from hub.domain.message import Accepted, Address, Outbound, Outcome, Received, Rejected, Sender
from hub.fetch import PublicFetch
from hub.ports.channel import (
    Answer,
    Capabilities,
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
from hub.ports.residentapp import APP, AppResident, TokenRefused

MAX_BODY = 256 * 1024
SHORTEST_SECRET = 32
"""Bytes of a shared secret that nobody guesses (RFC 7518, 3.2)."""
PER_SECOND = 200


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `issuer`, `audience`, `hs256` or `jwks`, `push_url`, `push_secret`; also `origins`,
    `push_always`, `phone_verified`."""
    secret, address = account.get("hs256"), account.get("jwks")
    if bool(secret) == bool(address):
        raise BadAccount(account.id, "hs256")
    if address and not address.startswith(("https://", "http://")):
        raise BadAccount(account.id, "jwks")
    fetch = PublicFetch(deps.allow_hosts, timeout=10.0)
    if address:
        return KeyedApp(account, deps, Keys(address, fetch), fetch)
    return SharedApp(account, deps, secret, fetch)


class AppChannel(ABC):
    """An AppDoor (hub.ports.residentapp), and a channel in full."""

    algorithm: str

    def __init__(self, account: Account, deps: ChannelDeps, fetch: PublicFetch) -> None:
        self.account = account.id
        self.max_body = min(MAX_BODY, deps.max_body)
        self.origins = _origins(account)
        self.caps = Capabilities(
            max_text=100_000,
            max_edit=100_000,
            max_caption=100_000,
            max_file=deps.max_file,
            files=True,
            edit=True,
            typing=True,
            seen=True,
            receipts=True,
            idempotent=True,
        )
        self._issuer = account.need("issuer")
        self._audience = account.need("audience")
        self._vouched = _switch(account, "phone_verified")
        self._clock = deps.clock
        self._fetch = fetch
        self._pushing = _pushing(account, deps)

    # ── who asks ─────────────────────────────────────────────────────────────────────────────

    def speaks_for(self, token: str) -> bool:
        """See AppDoor."""
        issuer, audiences = tokens.named(token)
        return issuer == self._issuer and self._audience in audiences

    async def resident(self, token: str, now: datetime) -> AppResident:
        """See AppDoor. A key that is not known yet is looked for."""
        return self._read(token, await self._key(tokens.kid_of(token, self.algorithm), now), now)

    @abstractmethod
    async def _key(self, kid: str, now: datetime) -> str | PyJWK:
        """The key of this name, looked for if need be. Raises TokenRefused."""

    @abstractmethod
    def _known_key(self, kid: str, now: datetime) -> str | PyJWK:
        """The same without asking anybody."""

    def _read(self, token: str, key: str | PyJWK, now: datetime) -> AppResident:
        return tokens.read(
            token,
            key,
            self.algorithm,
            issuer=self._issuer,
            audience=self._audience,
            now=now,
            vouched=self._vouched,
        )

    def sender(self, resident: AppResident) -> Sender:
        """See AppDoor."""
        return wire.sender(self.account, resident)

    def address(self, resident: AppResident) -> Address:
        """See AppDoor."""
        return wire.address(self.account, resident)

    def request(self, resident: AppResident, body: bytes, now: datetime) -> RawRequest:
        """See AppDoor."""
        return RawRequest(
            account=self.account,
            method=APP,
            path="/app/v1",
            headers={"content-type": "application/json", wire.RESIDENT: wire.written(resident)},
            body=body,
            received_at=now,
        )

    # ── receiving ────────────────────────────────────────────────────────────────────────────

    def verify(self, raw: RawRequest) -> None:
        """What the hub made of what was proven needs no proof; what is posted bears the token.
        Keys that are not here yet are not waited for: such a token is refused."""
        if raw.method == APP:
            return
        raw.headers.pop(wire.RESIDENT, None)
        kind, _, token = raw.headers.pop("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise Forged("no token", 401)
        token = token.strip()
        try:
            kid = tokens.kid_of(token, self.algorithm)
            key = self._known_key(kid, raw.received_at)
            resident = self._read(token, key, raw.received_at)
        except TokenRefused as refused:
            raise Forged(refused.reason, 403) from None
        raw.headers[wire.RESIDENT] = wire.written(resident)

    def key(self, raw: RawRequest) -> Key:
        """The app's own name for it; another body under the same name is refused."""
        said = wire.read(raw.body, ours=raw.method == APP)
        return wire.key(self.account, self._proven(raw), said)

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """A message, a change of one, or what became of answers."""
        try:
            said = wire.read(raw.body, ours=raw.method == APP)
            resident = self._proven(raw)
        except Malformed as error:
            raise Unreadable(str(error)) from None
        return wire.understood(self.account, resident, said, raw.received_at)

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """202 and the row's id, for a repeat too; 409 for another body under the same name."""
        if kept.state == "conflict":
            return Answer(409, b'{"error":"conflict"}')
        return Answer(202, b'{"inbox_id":"%b"}' % kept.id.encode())

    @staticmethod
    def _proven(raw: RawRequest) -> AppResident:
        return wire.proven(raw.headers.get(wire.RESIDENT, ""))

    # ── sending ──────────────────────────────────────────────────────────────────────────────

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """One budget for the account, so that its pauses have a name."""
        return [Limit(f"app:{self.account}", PER_SECOND, 1.0)]

    async def send(self, out: Outbound) -> Outcome:
        """An answer stands in the app's thread already; its backend hears of it. What belongs to
        no case stands nowhere but in the push."""
        if out.reaction:
            return Rejected("unsupported")
        if self._pushing is not None:
            return await self._pushing.send(out)
        return Accepted((out.id,), state="sent") if out.case else Rejected("unsupported")

    async def check(self) -> Mapping[str, str]:
        """Keys and push, as they are now. Raises CheckFailed."""
        facts = {"issuer": self._issuer, "audience": self._audience, **await self._proofs()}
        if self._pushing is not None:
            facts["push"] = await self._pushing.check()
        return facts

    @abstractmethod
    async def _proofs(self) -> Mapping[str, str]:
        """What tokens are checked by, as a fact for the doctor. Raises CheckFailed."""

    async def close(self) -> None:
        """Close connections."""
        await self._fetch.close()
        if self._pushing is not None:
            await self._pushing.close()


class SharedApp(AppChannel):
    """Its backend signs with a secret that both sides know."""

    algorithm = "HS256"

    def __init__(
        self, account: Account, deps: ChannelDeps, secret: str, fetch: PublicFetch
    ) -> None:
        super().__init__(account, deps, fetch)
        self._secret = secret

    async def _key(self, kid: str, now: datetime) -> str:
        return self._secret

    def _known_key(self, kid: str, now: datetime) -> str:
        return self._secret

    async def _proofs(self) -> Mapping[str, str]:
        if len(self._secret.encode()) < SHORTEST_SECRET:
            raise CheckFailed("app_secret_short")
        return {}


class KeyedApp(AppChannel):
    """Its backend signs with a key whose public half it publishes. A Hook too: whoever serves
    fetches the keys at the start, so that the first token need not wait."""

    algorithm = ALGORITHM

    def __init__(self, account: Account, deps: ChannelDeps, keys: Keys, fetch: PublicFetch) -> None:
        super().__init__(account, deps, fetch)
        self._keys = keys

    async def _key(self, kid: str, now: datetime) -> PyJWK:
        return await self._keys.get(kid, now)

    def _known_key(self, kid: str, now: datetime) -> PyJWK:
        return self._keys.known(kid, now)

    async def connect(self) -> None:
        """Fetch the keys. Raises CheckFailed."""
        await self._proofs()

    async def _proofs(self) -> Mapping[str, str]:
        found = await self._keys.renew(self._clock.now())
        if not found:
            raise CheckFailed("app_keys")
        return {"keys": str(found)}


def _pushing(account: Account, deps: ChannelDeps) -> Pushing | None:
    address = account.get("push_url")
    if not address:
        return None
    if not address.startswith(("http://", "https://")):
        raise BadAccount(account.id, "push_url")
    secret = account.need("push_secret").encode()
    return Pushing(account.id, address, secret, deps, always=_switch(account, "push_always"))


def _switch(account: Account, key: str) -> bool:
    said = account.get(key, "false").lower()
    if said not in {"true", "false", "1", "0"}:
        raise BadAccount(account.id, key)
    return said in {"true", "1"}


def _origins(account: Account) -> frozenset[str]:
    """Pages of which hosts may ask: none unless named («https://app.example.org»)."""
    said = account.options.get("origins") or ()
    listed = said.split(",") if isinstance(said, str) else said
    if not isinstance(listed, list | tuple):
        raise BadAccount(account.id, "origins")
    found = frozenset(str(one).strip().rstrip("/") for one in listed)
    if not all(one.startswith(("http://", "https://")) for one in found):
        raise BadAccount(account.id, "origins")
    return found
