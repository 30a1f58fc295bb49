"""What is said to somebody who writes on while nobody works: once for each time that is closed."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hub.domain.case import Case
from hub.domain.message import Outbound
from hub.domain.outbox import Letter
from hub.domain.thread import Entry
from hub.services.deps import Deps
from hub.services.hours import WorkingHours

TALKING = timedelta(minutes=30)
"""Whoever was answered so recently is being spoken with, whatever the hours say."""


async def tell_closed(deps: Deps, hours: WorkingHours, case: Case, entry: Entry) -> None:
    """Say when work goes on, unless the status card said so or somebody is answering. The letter
    is named by case and opening, so a repeat says nothing twice."""
    opens, to = await hours.opens(case.group), case.address
    if opens is None or to is None or entry.event:
        return
    now = deps.clock.now()
    if await _card_said(hours, case, opens) or _spoken_with(case, now):
        return
    language = case.contact.language or "ru"
    name = f"closed:{case.number}:{opens:%Y%m%d%H%M}"
    text = deps.texts.render(
        "bot/resident/closed", language, opens=opens, phone=deps.policy.phone, case=case
    )
    recipient = f"resident:{to.account}:{to.to}"
    body = msgspec.to_builtins(Outbound(id=name, to=to, text=text, case=case.number))
    letter = Letter(
        id=name, kind="resident", to=recipient, account=to.account, body=body, due=now, at=now
    )
    await deps.letters.add([letter])
    await deps.engine.post([recipient])


async def _card_said(hours: WorkingHours, case: Case, opens: datetime) -> bool:
    """The case came in while it was closed as it is now."""
    calendar = await hours.of(case.group)
    return calendar is not None and calendar.next_open(case.created_at) == opens


def _spoken_with(case: Case, now: datetime) -> bool:
    return any(
        one.direction == "out" and not one.automatic and now - one.at < TALKING
        for one in case.thread
    )
