"""UIS and CoMagic: calls by the notifications of the customer's own wording."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from channels.uis import proof, wire
from hub.domain.message import Attachment, Received
from hub.fetch import PublicFetch, in_the_making
from hub.lines import lines_of
from hub.ports.channel import Answer, Kept, Key, RawRequest
from hub.ports.channel_build import Account, ChannelDeps


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `key`, `lines`, `recordings`."""
    return Exchange(account, deps, lines_of(account))


class Exchange:
    """Receives what happens to calls, and fetches their recordings. It takes no commands."""

    def __init__(self, account: Account, deps: ChannelDeps, lines: Mapping[str, str]) -> None:
        self.max_body = min(deps.max_body, 256 * 1024)
        self._account = account.id
        self._key = account.need("key")
        self._lines = lines
        self._deps = deps
        self.recordings = account.flag("recordings")
        self._files = PublicFetch(deps.allow_hosts)

    def verify(self, raw: RawRequest) -> None:
        """See channels.uis.proof."""
        proof.prove(raw, self._key)

    def key(self, raw: RawRequest) -> Key:
        """The whole of what it says; the lane is the call."""
        return wire.key(self._account, wire.read(raw.body))

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """What happened in a call."""
        return wire.parse(self._account, raw, self._lines)

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """200: they ask for no more."""
        return Answer()

    def fetch(self, file: Attachment) -> AsyncIterator[bytes]:
        """A recording by the address that they told, from public addresses only."""
        return in_the_making(self._files.read(file.ref, self._deps.max_file))

    async def close(self) -> None:
        """Close connections."""
        await self._files.close()
