"""Commands to an exchange: call, hang up, pass on. Staff press, the exchange does."""

from __future__ import annotations

import structlog

from hub.domain.call import Call
from hub.domain.errors import Invalid, NotDialled
from hub.domain.rights import require
from hub.domain.staff import Actor, Staff
from hub.ports.telephony import (
    Dialling,
    HangingUp,
    OnCall,
    Ordered,
    OrderOutcome,
    Refused,
    Transferring,
)
from hub.services.calls import CallBook
from hub.services.deps import Deps

log = structlog.get_logger()


class Dialler:
    """Asks what an account's exchange can; nobody is told of a key that does nothing."""

    def __init__(self, deps: Deps, calls: CallBook) -> None:
        self._deps = deps
        self._calls = calls

    async def ways(self, by: Actor) -> list[str]:
        """Accounts by which this person may call out: none without an extension of their own."""
        person = await self._person(by)
        if person is None or not person.extensions:
            return []
        return [
            account
            for account, exchange in self._deps.exchanges.items()
            if isinstance(exchange, Dialling)
        ]

    def can(self, call: Call) -> set[str]:
        """What can be done with a conversation: hang_up, transfer."""
        exchange = self._deps.exchanges.get(call.account)
        return {
            name
            for name, port in (("hang_up", HangingUp), ("transfer", Transferring))
            if isinstance(exchange, port)
        }

    async def call(self, number: str, by: Actor, *, account: str = "", key: str = "") -> Ordered:
        """The exchange rings this person, then the number (E.164). Raises NotDialled."""
        require(by, "call.dial")
        if not number.startswith("+"):
            raise Invalid(field="phone", reason="wrong")
        ways = await self.ways(by)
        if not ways or (account and account not in ways):
            raise NotDialled(reason="no_exchange")
        chosen = account or await self._usual(number, ways)
        exchange, person = self._deps.exchanges[chosen], await self._person(by)
        assert isinstance(exchange, Dialling)
        assert person is not None
        order = f"{by.login}-{key or self._deps.ids.new()}"
        return self._heard(chosen, "call", await exchange.call(order, person.extensions[0], number))

    async def hang_up(self, call_id: str, by: Actor) -> Ordered:
        """End a conversation."""
        require(by, "call.dial")
        call = await self._calls.get(call_id, by)
        exchange = self._deps.exchanges.get(call.account)
        if not isinstance(exchange, HangingUp):
            raise NotDialled(reason="no_exchange")
        return self._heard(
            call.account, "hang_up", await exchange.hang_up(self._deps.ids.new(), on_call(call))
        )

    async def transfer(self, call_id: str, to: str, by: Actor) -> Ordered:
        """Pass a conversation on: `to` is a login, an extension or a number."""
        require(by, "call.dial")
        call = await self._calls.get(call_id, by)
        exchange = self._deps.exchanges.get(call.account)
        if not isinstance(exchange, Transferring):
            raise NotDialled(reason="no_exchange")
        person = (await self._deps.staff.directory()).staff.get(to)
        target = to
        if person is not None:
            if not person.extensions:
                raise NotDialled(reason="no_extension")
            target = person.extensions[0]
        if not target.strip():
            raise Invalid(field="to", reason="required")
        order = self._deps.ids.new()
        outcome = await exchange.transfer(order, on_call(call), target.strip())
        return self._heard(call.account, "transfer", outcome)

    def _heard(self, account: str, what: str, outcome: OrderOutcome) -> Ordered:
        if isinstance(outcome, Refused):
            log.warning("dialling.refused", account=account, what=what, reason=outcome.reason)
            raise NotDialled(reason=outcome.reason)
        log.info("dialling.ordered", account=account, what=what)
        return outcome

    async def _usual(self, number: str, ways: list[str]) -> str:
        """The exchange by which they called last, so that they know the number that rings."""
        entry = await self._deps.callbacks.open_for(number)
        return entry.account if entry is not None and entry.account in ways else ways[0]

    async def _person(self, by: Actor) -> Staff | None:
        return (await self._deps.staff.directory()).staff.get(by.login)


def on_call(call: Call) -> OnCall:
    """The leg where staff speak, as far as it is known."""
    speaking = [leg for leg in call.facts.legs if leg.phase in {"talking", "held"}]
    live = speaking or [leg for leg in call.facts.legs if leg.phase == "ringing"]
    leg = live[-1] if live else None
    hands = call.facts.hands
    extension = (leg.extension if leg else "") or (hands[-1].extension if hands else "")
    return OnCall(
        call=call.call, leg=leg.id if leg else "", extension=extension, number=call.facts.number
    )
