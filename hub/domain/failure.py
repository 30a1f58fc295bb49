"""What did not reach a resident, as a row of its own: a list of thousands reads no case."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

import msgspec

from hub.domain.case import Case
from hub.domain.thread import Entry

STUCK = frozenset({"failed", "uncertain"})
"""Deliveries about which a person has to decide."""

SHOWN_TEXT = 200
"""Characters of the answer that a list shows."""


def failure_id(case: int, entry: int) -> str:
    """The name of an outgoing message in the hub: that of its Outbound."""
    return f"{case}-{entry}"


class Failure(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An answer that failed, or may have gone out and nobody knows. `tries` counts attempts, `at`
    is when it was given up, `reason` a text key, `detail` the provider's word; `to` is the key of
    the identity that it was meant for."""

    id: str = msgspec.field(name="_id")
    case: int
    entry: int
    state: Literal["failed", "uncertain"]
    reason: str = ""
    detail: str = ""
    account: str = ""
    channel: str = ""
    to: str = ""
    contact: str = ""
    name: str = ""
    subject: str = ""
    text: str = ""
    author: str = ""
    operator: str = ""
    group: str = ""
    tries: int = 0
    at: datetime


def failure_of(case: Case, entry: Entry) -> Failure | None:
    """How this delivery stands in the list; None where it does not belong there."""
    delivery = entry.delivery
    if delivery is None or delivery.state not in STUCK:
        return None
    return Failure(
        id=failure_id(case.number, entry.seq),
        case=case.number,
        entry=entry.seq,
        state=cast(Literal["failed", "uncertain"], delivery.state),
        reason=delivery.reason,
        detail=delivery.detail,
        account=delivery.to.account,
        channel=delivery.to.channel,
        to=delivery.to.identity,
        contact=case.contact.id,
        name=case.contact.name or case.contact.phone,
        subject=case.subject or case.text[:SHOWN_TEXT],
        text=entry.text[:SHOWN_TEXT],
        author=entry.author.login,
        operator=case.operator,
        group=case.group,
        tries=delivery.attempts,
        at=delivery.at,
    )
