"""The virtual exchange of MANGO OFFICE: calls come in as events, commands and recordings go out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from channels.mango import proof, wire
from channels.mango.api import API, Api
from hub.domain.message import Attachment, Received
from hub.lines import lines_of
from hub.ports.channel import Answer, Kept, Key, RawRequest
from hub.ports.channel_build import Account, BadAccount, ChannelDeps
from hub.ports.telephony import OnCall, OrderOutcome, Refused


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `api_key`, `salt`, `api`, `lines`, `recordings`."""
    api = account.get("api", API)
    if not api.startswith(("http://", "https://")):
        raise BadAccount(account.id, "api")
    return Exchange(account, deps, api)


class Exchange:
    """One account of MANGO OFFICE."""

    def __init__(self, account: Account, deps: ChannelDeps, api: str) -> None:
        # Events are a kilobyte; nobody sends files here.
        self.max_body = min(deps.max_body, 256 * 1024)
        self._account = account.id
        self._key, self._salt = account.need("api_key"), account.need("salt")
        self._lines = lines_of(account)
        self._deps = deps
        self.recordings = account.flag("recordings")
        self._api = Api(api, self._key, self._salt, deps.allow_hosts)

    def branch(self, path: str) -> bool:
        """Events and results are posted each to its own address, with one slash too many where the
        cabinet was told an address that ends with one."""
        return path.lstrip("/").startswith(wire.BRANCHES)

    def verify(self, raw: RawRequest) -> None:
        """See channels.mango.proof."""
        proof.prove(raw, self._key, self._salt)

    def key(self, raw: RawRequest) -> Key:
        """The leg and its sequence, or what else names the event."""
        return wire.key(self._account, raw)

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """What happened in a call."""
        return wire.parse(self._account, raw, self._lines)

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """200: Mango asks for no more."""
        return Answer()

    def fetch(self, file: Attachment) -> AsyncIterator[bytes]:
        """A recording, by its id."""
        return self._api.recording(file.ref, self._deps.max_file)

    async def call(self, order: str, extension: str, number: str, line: str = "") -> OrderOutcome:
        """Ring the extension, then the number."""
        told: dict[str, object] = {
            "command_id": order,
            "from": {"extension": extension},
            "to_number": number.removeprefix("+"),
        }
        if line:
            told["line_number"] = line.removeprefix("+")
        return await self._api.command("callback", told)

    async def hang_up(self, order: str, on: OnCall) -> OrderOutcome:
        """End the leg where staff speak."""
        if not on.leg:
            return Refused("unsupported")
        return await self._api.command("call/hangup", {"command_id": order, "call_id": on.leg})

    async def transfer(self, order: str, on: OnCall, to: str) -> OrderOutcome:
        """Pass the leg on without asking whom it goes to."""
        if not on.leg:
            return Refused("unsupported")
        told = {
            "command_id": order,
            "call_id": on.leg,
            "method": "blind",
            "to_number": to.removeprefix("+"),
        }
        if on.extension:
            told["initiator"] = on.extension
        return await self._api.command("transfer", told)

    async def check(self) -> Mapping[str, str]:
        """Whether key and salt open the API."""
        return await self._api.check()

    async def close(self) -> None:
        """Close connections."""
        await self._api.close()
