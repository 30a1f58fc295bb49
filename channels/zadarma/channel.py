"""The exchange of Zadarma, and of Novofon in its first API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from channels.zadarma import proof, wire
from channels.zadarma.api import API, Api
from hub.domain.message import Attachment, Received
from hub.lines import lines_of
from hub.ports.channel import Answer, Kept, Key, RawRequest
from hub.ports.channel_build import Account, BadAccount, ChannelDeps
from hub.ports.telephony import OrderOutcome

ZONE = "Europe/Moscow"


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `api_key`, `secret`, `api`, `timezone`, `lines`, `recordings`."""
    api = account.get("api", API)
    if not api.startswith(("http://", "https://")):
        raise BadAccount(account.id, "api")
    try:
        zone = ZoneInfo(account.get("timezone", ZONE))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadAccount(account.id, "timezone") from None
    return Exchange(account, deps, api, zone)


class Exchange:
    """One account."""

    def __init__(self, account: Account, deps: ChannelDeps, api: str, zone: ZoneInfo) -> None:
        self.max_body = min(deps.max_body, 256 * 1024)
        self._account = account.id
        self._secret = account.need("secret")
        self._lines = lines_of(account)
        self._zone = zone
        self._deps = deps
        self.recordings = account.flag("recordings")
        self._api = Api(api, account.need("api_key"), self._secret, deps.allow_hosts)

    def tried(self, raw: RawRequest) -> Answer | None:
        """`GET ?zd_echo=…`: the cabinet asks whether this is the right address."""
        return wire.echoed(raw)

    def verify(self, raw: RawRequest) -> None:
        """See channels.zadarma.proof."""
        proof.prove(raw, self._secret)

    def key(self, raw: RawRequest) -> Key:
        """The whole of what it says; the lane is the call."""
        return wire.key(self._account, raw.body)

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """What happened in a call."""
        return wire.parse(self._account, raw, self._lines, self._zone)

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """An empty object: the call goes on as the cabinet says."""
        return Answer(200, b"{}")

    def fetch(self, file: Attachment) -> AsyncIterator[bytes]:
        """A recording, by its id."""
        return self._api.recording(file.ref, self._deps.max_file)

    async def call(self, order: str, extension: str, number: str, line: str = "") -> OrderOutcome:
        """Ring the extension, then the number; the line is that of the extension."""
        return await self._api.call(extension, number)

    async def check(self) -> Mapping[str, str]:
        """Whether key and secret open the API."""
        return await self._api.check()

    async def close(self) -> None:
        """Close connections."""
        await self._api.close()
