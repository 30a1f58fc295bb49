"""The virtual exchange of MegaFon: who calls is answered within its request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec

from channels.megafon import proof, wire
from channels.megafon.api import Api
from channels.megafon.shapes import Contact, posted
from hub.domain.message import Attachment, Received
from hub.fetch import PublicFetch, in_the_making
from hub.lines import lines_of
from hub.phones import from_exchange
from hub.ports.channel import Answer, Kept, Key, RawRequest
from hub.ports.channel_build import Account, BadAccount, ChannelDeps
from hub.ports.telephony import Callers, OrderOutcome

NOTHING = Answer(200, b"{}")


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `token`, `api` (none: nobody can be called), `api_key`, `lines`, `recordings`."""
    api = account.get("api")
    if not api:
        return Exchange(account, deps)
    if not api.startswith(("http://", "https://")):
        raise BadAccount(account.id, "api")
    return CallingExchange(account, deps, api)


class Exchange:
    """Receives what happens to calls, and fetches their recordings."""

    def __init__(self, account: Account, deps: ChannelDeps) -> None:
        self.max_body = min(deps.max_body, 256 * 1024)
        self._account = account.id
        self._token = account.need("token")
        self._lines = lines_of(account)
        self._deps = deps
        self.recordings = account.flag("recordings")
        self._files = PublicFetch(deps.allow_hosts)

    def verify(self, raw: RawRequest) -> None:
        """See channels.megafon.proof."""
        proof.prove(raw, self._token)

    def key(self, raw: RawRequest) -> Key:
        """The whole of what it says; the lane is the call."""
        return wire.key(self._account, raw.body)

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """What happened in a call."""
        return wire.parse(self._account, raw, self._lines)

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """An empty object: to `contact` it says that nobody is known by the number."""
        return NOTHING

    async def tell(self, raw: RawRequest, kept: Kept, callers: Callers) -> Answer | None:
        """`cmd=contact`: the name that the telephones show, and whom to ring first."""
        told = posted(raw.body)
        if told.get("cmd", "").lower() != "contact":
            return None
        number = from_exchange(told.get("phone", ""))
        if not number:
            return NOTHING
        caller = await callers.caller(number)
        shown = ", ".join(part for part in (caller.name, caller.address) if part)
        contact = Contact(
            contact_name=shown,
            responsible=caller.responsible[0] if caller.responsible else "",
        )
        return Answer(200, msgspec.json.encode(contact))

    def fetch(self, file: Attachment) -> AsyncIterator[bytes]:
        """A recording by the address that the exchange told, from public addresses only."""
        return in_the_making(self._files.read(file.ref, self._deps.max_file))

    async def close(self) -> None:
        """Close connections."""
        await self._files.close()


class CallingExchange(Exchange):
    """Also takes commands: it can begin a call, and nothing else."""

    def __init__(self, account: Account, deps: ChannelDeps, api: str) -> None:
        super().__init__(account, deps)
        # The cabinet makes this key; where both sides were given one key, it is `token`.
        self._api = Api(api, account.get("api_key") or self._token)

    async def call(self, order: str, extension: str, number: str, line: str = "") -> OrderOutcome:
        """Ring the extension, then the number; the exchange chooses the line by itself."""
        return await self._api.call(extension, number)

    async def check(self) -> Mapping[str, str]:
        """Whether the exchange's key opens its API."""
        return await self._api.check()

    async def close(self) -> None:
        """Close connections."""
        await super().close()
        await self._api.close()
