"""Any exchange that posts newCall, answer and hangup, and reads whether a caller is blocked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.cti import proof, wire
from channels.cti.shapes import read
from hub.domain.message import Received
from hub.lines import lines_of
from hub.ports.channel import Answer, Kept, Key, RawRequest
from hub.ports.channel_build import Account, ChannelDeps
from hub.ports.telephony import Callers


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `key`, `lines`."""
    return Exchange(account.id, account.need("key"), lines_of(account), deps)


class Exchange:
    """Receives what happens to calls. The format has no commands and no recordings."""

    def __init__(self, account: str, key: str, lines: Mapping[str, str], deps: ChannelDeps) -> None:
        self.max_body = min(deps.max_body, 256 * 1024)
        self._account = account
        self._key = key
        self._lines = lines

    def verify(self, raw: RawRequest) -> None:
        """See channels.cti.proof."""
        proof.prove(raw, self._key)

    def key(self, raw: RawRequest) -> Key:
        """The whole of what it says; the lane is the call."""
        return wire.key(self._account, read(raw.body))

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """What happened in a call."""
        return wire.parse(self._account, raw, self._lines)

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """An empty object: let it ring."""
        return Answer(body=b"{}")

    async def tell(self, raw: RawRequest, kept: Kept, callers: Callers) -> Answer | None:
        """Whoever's calls are spam hears that the line is busy."""
        number = wire.incoming(read(raw.body))
        if number and await callers.blocked(number):
            return Answer(body=wire.REJECTED)
        return None
