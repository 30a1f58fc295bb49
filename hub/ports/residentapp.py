"""The resident app: residents who come by themselves, proven by a token of the app's backend."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, runtime_checkable

import msgspec

from hub.domain.message import Address, Sender
from hub.ports.channel import RawRequest

APP = "APP"
"""The method of a request that the hub itself made of what a proven resident did: as POLL, it comes
from no stranger, since no door takes such a method."""


class TokenRefused(Exception):
    """The token does not prove who asks. `reason` is a text key: missing, unreadable, algorithm,
    key, signature, issuer, audience, expired, not_yet, lifetime, claims."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeysAway(Exception):
    """The keys that tokens are checked with cannot be had now; asking again may help."""


class AppResident(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who asks, as the token says. `id` is the app's own name for the resident and the only thing
    proven; the others are claims, unless `vouched`: then the backend has proven the phone."""

    id: str
    name: str = ""
    phone: str = ""
    email: str = ""
    premises: str = ""
    vouched: bool = False
    expires: datetime | None = None


@runtime_checkable
class AppDoor(Protocol):
    """An account of the resident app."""

    account: str
    origins: frozenset[str]

    def speaks_for(self, token: str) -> bool:
        """Whether a token names this account's issuer and audience; nothing is proven by that."""

    async def resident(self, token: str, now: datetime) -> AppResident:
        """Who holds the token. Raises TokenRefused, KeysAway."""

    def sender(self, resident: AppResident) -> Sender:
        """The resident as the sender of what they write."""

    def address(self, resident: AppResident) -> Address:
        """Where they are answered."""

    def request(self, resident: AppResident, body: bytes, now: datetime) -> RawRequest:
        """What the inbox keeps of something that they did; `verify` takes it as proven."""


class Presence(Protocol):
    """Which residents have the app open. Best effort: whoever is not known to be there is not."""

    async def here(self, name: str) -> bool: ...

    async def arrive(self, name: str, seconds: float) -> None:
        """They are there for so long, unless it is said again."""

    async def leave(self, name: str) -> None: ...

    async def first(self, mark: str, seconds: float) -> bool:
        """Set a mark for so long. True unless it stood already."""

    async def marked(self, mark: str) -> bool: ...


def present(account: str, resident: str) -> str:
    """The name under which a resident is present."""
    return f"{account}:{resident}"


def got(account: str, out: str) -> str:
    """The mark that an answer has come to an open app."""
    return f"got:{account}:{out}"
