"""What an exchange's channel may implement beside receiving, and what it may ask the hub."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import msgspec

from hub.domain.callevent import CallEvent
from hub.ports.channel import Answer, Kept, RawRequest


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls from a number, as far as the hub knows. `responsible` are the extensions of the
    member of staff who looks after them; `blocked`: their calls are spam."""

    name: str = ""
    address: str = ""
    responsible: tuple[str, ...] = ()
    blocked: bool = False


class Callers(Protocol):
    """The hub's answer to «who is it», read within the provider's request."""

    async def caller(self, number: str) -> Caller:
        """By E.164; an empty Caller for a number that nobody is known by. Raises StoreDown."""

    async def blocked(self, number: str) -> bool:
        """Whether calls from this number are spam. Raises StoreDown."""


class CallDesk(Protocol):
    """Where what exchanges tell becomes calls."""

    async def take(self, event: CallEvent) -> None:
        """In any order, any number of times. Raises StoreDown, NotYet."""

    async def take_many(self, calls: Sequence[Sequence[CallEvent]]) -> list[bool]:
        """The same for what is told of many calls at once; True for those that are done, the others
        want `take`."""


@runtime_checkable
class Answering(Protocol):
    """A receiver whose provider waits for data in the answer to its request.

    The request is kept first. Where the hub does not know in time, `answer` is said instead.
    """

    async def tell(self, raw: RawRequest, kept: Kept, callers: Callers) -> Answer | None:
        """The answer with data; None where this request needs none, and `answer` is said."""


class OnCall(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation under way: the provider's ids of it and of the leg where staff speak (empty
    if not known), their extension and the other's number (E.164)."""

    call: str
    leg: str = ""
    extension: str = ""
    number: str = ""


class Ordered(msgspec.Struct, frozen=True):
    """The exchange took the command; `call` is its id of the conversation if it says so."""

    call: str = ""


class Refused(msgspec.Struct, frozen=True):
    """The exchange did not. `reason` is a text key (templates/words/reason.j2); `detail` is its own
    word; `unsure`: the command may have been carried out (a lost answer)."""

    reason: str
    detail: str = ""
    unsure: bool = False


OrderOutcome = Ordered | Refused


@runtime_checkable
class Dialling(Protocol):
    """Click-to-call: the exchange rings the member of staff, then the number."""

    async def call(self, order: str, extension: str, number: str, line: str = "") -> OrderOutcome:
        """`order` names the command; `number` is E.164; `line` is the organisation's number to
        call from, empty for the exchange's own choice. Never raises for what the provider does."""


@runtime_checkable
class HangingUp(Protocol):
    """The exchange ends a conversation on command."""

    async def hang_up(self, order: str, on: OnCall) -> OrderOutcome:
        """Never raises for what the provider does."""


@runtime_checkable
class Transferring(Protocol):
    """The exchange passes a conversation on."""

    async def transfer(self, order: str, on: OnCall, to: str) -> OrderOutcome:
        """`to` is an extension or E.164. Never raises for what the provider does."""


@runtime_checkable
class Recorded(Protocol):
    """A channel whose recordings `fetch` brings (it is a Fetcher too). What is not there yet is a
    FetchFailed that is not final, asked for again with growing pauses."""

    recordings: bool
    """Whether the account's exchange keeps recordings as far as its settings say."""
