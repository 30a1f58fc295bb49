"""Letters to staff about what is no case: calls, and calls that are owed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hub.domain.outbox import Letter
from hub.domain.staff import Staff


def letters_to(
    people: Iterable[Staff], name: str, method: str, params: dict[str, object], now: datetime
) -> list[Letter]:
    """One letter to each of their bots. `name` makes a repeat of it the same letter; `method` is
    what the bots' outlet does with it (bots/common/letters.py)."""
    return [
        Letter(
            id=f"{name}:{person.login}:{link.account}",
            kind="staff",
            to=f"staff:{person.login}:{link.account}",
            account=link.account,
            body={
                "method": method,
                "params": {**params, "chat_id": link.chat, "login": person.login},
            },
            due=now,
            at=now,
        )
        for person in {one.login: one for one in people}.values()
        if person.active
        for link in person.bots
    ]
