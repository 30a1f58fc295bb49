"""What a channel is built from: `channels/<kind>/channel.py` has `build(account, deps)`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Protocol, runtime_checkable

import msgspec

from hub.ports.clock import Clock
from hub.ports.marks import Marks
from hub.ports.residentapp import Presence
from hub.ports.texts import Texts


class BadAccount(Exception):
    """The settings of a channel account cannot be used: `key` is missing or wrong."""

    def __init__(self, account: str, key: str) -> None:
        super().__init__(f"{account}: {key}")
        self.account = account
        self.key = key


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A `[[channel]]` of the settings. `options` are its other keys, secrets in plain."""

    id: str
    kind: str
    options: Mapping[str, object] = {}

    def get(self, key: str, default: str = "") -> str:
        """The option as text, `default` where it is not set."""
        value = self.options.get(key)
        return default if value is None or value == "" else str(value)

    def need(self, key: str) -> str:
        """The option as text; raises BadAccount where it is not set."""
        value = self.get(key)
        if not value:
            raise BadAccount(self.id, key)
        return value

    def flag(self, key: str, default: bool = True) -> bool:
        """The option as yes or no; raises BadAccount for anything else."""
        match self.get(key).strip().lower():
            case "":
                return default
            case "true" | "1" | "yes" | "on":
                return True
            case "false" | "0" | "no" | "off":
                return False
        raise BadAccount(self.id, key)

    def __repr__(self) -> str:
        # The options hold tokens and passwords.
        return f"Account(id={self.id!r}, kind={self.kind!r})"


class FileBytes(Protocol):
    """Bytes of stored files, for sending them."""

    def read(self, file_id: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Bytes [start, end)."""


class ChannelDeps(msgspec.Struct, frozen=True, kw_only=True):
    """What every channel may use.

    `public_url`: where providers reach the hub, without a slash at the end. `file_url`: a signed
    address at which a program outside fetches a stored file. `allow_hosts`: hosts that may be
    fetched from although their addresses are not public. `max_body` and `max_file` in bytes.
    `secret` is the hub's own, for names that only it can make; `texts` are the words of templates
    and `marks` what a poller must not forget.
    `presence`: which residents have an app open; None where nobody counts them.
    """

    clock: Clock
    files: FileBytes
    public_url: str
    file_url: Callable[[str], str]
    allow_hosts: frozenset[str] = frozenset()
    max_body: int = 32 * 1024 * 1024
    max_file: int = 50 * 1024 * 1024
    secret: bytes = b""
    texts: Texts | None = None
    marks: Marks | None = None
    presence: Presence | None = None


@runtime_checkable
class Closing(Protocol):
    """A channel that holds connections."""

    async def close(self) -> None:
        """Close them; the channel may open them again."""
