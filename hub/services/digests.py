"""What was held back comes as one message: kept until then, told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

import structlog

from hub.domain.case import Case
from hub.domain.message import Accepted, Outcome
from hub.domain.notices import digest_due
from hub.domain.outbox import Letter, Row
from hub.domain.staff import Staff
from hub.ports.channel import Limit
from hub.ports.notices import Held, HeldStore
from hub.ports.outlet import Skip
from hub.services.deps import Deps

log = structlog.get_logger()

MOST_CASES = 50
"""Cases that one digest can name; all are counted."""
LEASE = 30.0
"""Seconds for which one process alone writes a person's digest."""

Why = Literal["rest", "digest"]
"""The person was away, or has asked for digests."""


class HoldOutlet:
    """Carries rows of kind hold: from the outbox of a case to what waits for the person."""

    def __init__(self, held: HeldStore) -> None:
        self._held = held

    def limits(self, case: Case, row: Row) -> Sequence[Limit]:
        """Nobody outside is asked."""
        return ()

    async def send(self, case: Case, row: Row) -> Outcome | Skip:
        """Keep it; again with the same row it is kept once."""
        login = row.data["login"]
        await self._held.add(
            Held(
                id=f"{login}:{case.number}:{row.id}",
                login=login,
                what=row.data["what"],
                case=case.number,
                entry=row.entry,
                at=row.at,
            )
        )
        return Accepted()


class Digests:
    """Writes letters of what was held back, when each person's time has come."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def sweep(self) -> None:
        """Everybody whose rest is over, or whose hour has come."""
        directory = await self._deps.staff.directory()
        now, zone = self._deps.clock.now(), ZoneInfo(directory.zone)
        for login, oldest in (await self._deps.held.oldest()).items():
            person = directory.staff.get(login)
            if person is None or not person.active or not person.bots:
                await self._deps.held.drop([one.id for one in await self._deps.held.of(login)])
            elif digest_due(person.notices, person.shift, oldest, now, zone):
                why: Why = "rest" if person.notices.digest == "off" else "digest"
                await self.tell(person, why)

    async def tell(self, person: Staff, why: Why) -> None:
        """All that waits for this person, in one letter to each of their bots.

        What is gathered bears the name of its digest before the letter is written, and goes after
        it: cut off anywhere, the same letter is written again and stands once.
        """
        name, me = f"digest:{person.login}", self._deps.ids.new()
        if not await self._deps.leases.hold(name, me, self._deps.clock.now(), LEASE):
            return
        try:
            await self._deps.held.gather(person.login, me)
            batches: dict[str, list[Held]] = {}
            for one in await self._deps.held.of(person.login):
                if one.batch:
                    batches.setdefault(one.batch, []).append(one)
            for batch, held in batches.items():
                letters = self._letters(person, why, batch, held)
                await self._deps.letters.add(letters)
                await self._deps.held.drop([one.id for one in held])
                await self._deps.engine.post([letter.to for letter in letters])
        finally:
            await self._deps.leases.drop(name, me)

    def _letters(self, person: Staff, why: Why, batch: str, held: Sequence[Held]) -> list[Letter]:
        now = self._deps.clock.now()
        log.info("digest", login=person.login, notices=len(held), why=why)
        return [
            Letter(
                id=f"digest:{batch}:{link.account}",
                kind="staff",
                to=f"staff:{person.login}:{link.account}",
                account=link.account,
                body={
                    "method": "digest",
                    "params": {
                        "chat_id": link.chat,
                        "login": person.login,
                        "why": why,
                        "counts": counted(held),
                        "cases": newest(held),
                        "since": held[0].at.isoformat(),
                    },
                },
                due=now,
                at=now,
            )
            for link in person.bots
        ]


def counted(held: Iterable[Held]) -> dict[str, int]:
    """How often each kind of thing happened; an entry of a case counts once for each kind."""
    entries = {(one.what, one.case, one.entry if one.entry else one.id) for one in held}
    return dict(Counter(what for what, _, _ in entries).most_common())


def newest(held: Sequence[Held]) -> list[int]:
    """Numbers of the cases it is about, what happened last first."""
    found = dict.fromkeys(one.case for one in reversed(held))
    return list(found)[:MOST_CASES]
