"""A channel: what it may implement. It implements what it has; nothing is a no-op."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

import msgspec

from hub.domain.message import Address, Attachment, Identity, Outbound, Outcome, Received


class Forged(Exception):
    """The request does not prove who sent it. `status` 401: no proof; 403: a wrong one."""

    def __init__(self, why: str, status: Literal[401, 403] = 403) -> None:
        super().__init__(why)
        self.status = status


class Unreadable(Exception):
    """The body is not what this provider sends; the row goes to the quarantine."""


class Malformed(Exception):
    """The request cannot be kept at all: it has no id or is no JSON. Answered 400."""


class RawRequest(msgspec.Struct, kw_only=True):
    """What came in, as it came: a webhook request or one polled update (method POLL).

    Header names are lower case. `received_at` is the hub's clock. `verify` takes secrets out of
    `headers` and `query` before anything is kept.
    """

    account: str
    method: str
    path: str = ""
    query: str = ""
    headers: dict[str, str] = {}
    body: bytes = b""
    received_at: datetime


class Key(msgspec.Struct, frozen=True):
    """`external_id` names the event at the provider; `lane` is who speaks: what shares a lane is
    taken in order. `strict`: the same id with another body is refused (409)."""

    external_id: str
    lane: str
    strict: bool = False


class Kept(msgspec.Struct, frozen=True):
    """What became of a row: new, a repeat, or a repeat with another body."""

    id: str
    state: Literal["new", "repeat", "conflict"]


class Answer(msgspec.Struct, frozen=True):
    """What the provider must hear."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the channel's provider can do. Sizes in bytes, texts in characters.

    `idempotent`: a repeat with the same Outbound.id is no second message. `status_card`: one
    message that is edited in place tells how the case stands. `typing`: it shows that somebody
    writes, `seen`: what staff have seen. `two_way`: a dialogue is possible. `max_edit`: the longest
    text that is one message there, so that it can be changed as one.
    `confirms`: nothing shows a resident that their message came, so a case's first one is answered
    by a short notice. `segments`: texts go as short messages, at most `max_segments` for one;
    `latin`: Russian is written in Latin letters there.
    """

    max_text: int
    max_file: int = 0
    max_caption: int = 0
    max_edit: int = 0
    files: bool = False
    buttons: bool = False
    edit: bool = False
    reactions: bool = False
    receipts: bool = False
    idempotent: bool = False
    status_card: bool = False
    typing: bool = False
    seen: bool = False
    confirms: bool = False
    two_way: bool = True
    segments: Literal["", "sms"] = ""
    max_segments: int = 0
    latin: bool = False


class Limit(msgspec.Struct, frozen=True):
    """At most `count` in `seconds`, counted under `name` by all processes together."""

    name: str
    count: int
    seconds: float


@runtime_checkable
class Receiver(Protocol):
    """Webhooks and polled updates. No I/O, so every sample is a test."""

    max_body: int

    def verify(self, raw: RawRequest) -> None:
        """Raise Forged unless the sender is proven; strip secrets from what is kept."""

    def key(self, raw: RawRequest) -> Key:
        """Name the event and its lane; raise Malformed where that is impossible."""

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """Translate; raise Unreadable where that is impossible. An empty answer is understood."""

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """What the provider must hear."""


@runtime_checkable
class Branching(Protocol):
    """A receiver whose provider posts below the account's address, by kind of event."""

    def branch(self, path: str) -> bool:
        """Whether `path`, what follows «/in/{account}/», is one that the provider uses."""


@runtime_checkable
class Tried(Protocol):
    """A receiver whose provider tries the address, proving nothing, before it uses it."""

    def tried(self, raw: RawRequest) -> Answer | None:
        """What a trial must hear; nothing is kept of it. None: this is none."""


Accept = Callable[[RawRequest], Awaitable[Kept]]
"""Keeps one request durably; what listens confirms to the provider only after it returned."""


@runtime_checkable
class Poller(Protocol):
    """Long polling, IMAP."""

    async def listen(self, accept: Accept) -> None:
        """Run until cancelled; goes on by itself after failures of the provider."""


@runtime_checkable
class Fetcher(Protocol):
    """Files that come by reference."""

    def fetch(self, file: Attachment) -> AsyncIterator[bytes]:
        """Yield the bytes. Raises FetchFailed."""


class FetchFailed(Exception):
    """`final`: asking again is no use. The message is a text key (file_gone, file_too_large …)."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


@runtime_checkable
class Sender(Protocol):
    """Sends to residents."""

    caps: Capabilities

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """Which budgets this message uses up: account and chat."""

    async def send(self, out: Outbound) -> Outcome:
        """Send. Never raises for what the provider does; says it in the outcome."""


@runtime_checkable
class Reaching(Protocol):
    """A sender that can write to somebody first, knowing only who they are (a phone, a mailbox)."""

    def reach(self, identity: Identity) -> Address | None:
        """Where what is sent to this identity goes by this account; None where it cannot go."""


@runtime_checkable
class Hook(Protocol):
    """Tells the provider where our webhook is, or that we poll now."""

    async def connect(self) -> None:
        """Called by the poller's owner at start; safe to repeat."""


@runtime_checkable
class DeepLinked(Protocol):
    """A conversation with the account can be opened by an address."""

    async def deep_link(self, payload: str) -> str:
        """The address; what is opened by it begins with a start that carries `payload`, which may
        hold letters, digits, `_` and `-`. Raises CheckFailed."""


@runtime_checkable
class Checked(Protocol):
    """For `hub doctor`."""

    async def check(self) -> Mapping[str, str]:
        """Return facts (name, user name); raise CheckFailed with a text key."""


class CheckFailed(Exception):
    """The provider cannot be used with these settings; the message is a text key."""
