"""Writes made-up cases into the store, many at a time."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from random import Random

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.staff import SYSTEM, Actor
from hub.ports.saving import Duplicate
from hub.seeding.residents import resident
from hub.seeding.stories import Teller
from hub.services.services import Services
from hub.starting import defaults, demo

BATCH = 200
# Every so often somebody writes about another matter.
KNOWN_RESIDENT = 0.3
MISSED = 0.06
"""So many for each case rang and did not get through."""


@dataclass(frozen=True)
class Seeded:
    cases: int
    contacts: int


class Seeder:
    """``dice`` with the same seed tells the same stories."""

    def __init__(self, services: Services, dice: Random) -> None:
        self._services = services
        self._deps = services.deps
        self._dice = dice

    async def seed(
        self,
        count: int,
        since: datetime,
        now: datetime,
        progress: Callable[[int], None] = lambda done: None,
    ) -> Seeded:
        """``count`` cases begun from ``since`` to ``now``; ``progress`` hears how many stand."""
        teller = await self._teller(now)
        span = now - since
        known: list[Contact] = []
        done = made = 0
        while done < count:
            batch: list[Case] = []
            fresh: list[Contact] = []
            for number in await self._deps.cases.numbers(min(BATCH, count - done)):
                at = since + span * self._dice.random()
                occasion = 0
                if known and self._dice.random() < KNOWN_RESIDENT:
                    contact, occasion = self._dice.choice(known), number
                else:
                    contact = resident(self._dice, number, at)
                    fresh.append(contact)
                batch.append(teller.case(number, contact, at, occasion))
                if contact.phone and self._dice.random() < MISSED:
                    teller.missed(number, contact, self._between(at, now))
            await self._deps.contacts.add_many(fresh)
            await self._deps.cases.open_many([(case, self._deps.ids.new()) for case in batch])
            await self._calls(teller)
            known = (known + fresh)[-5 * BATCH :]
            done += len(batch)
            made += len(fresh)
            progress(done)
        return Seeded(done, made)

    async def _calls(self, teller: Teller) -> None:
        for call in teller.calls:
            await self._deps.calls.add(call)
        for owed in teller.owed:
            with suppress(Duplicate):
                # One entry stands for a number, however often it rang in vain.
                await self._deps.callbacks.add(owed)
        teller.calls, teller.owed = [], []

    def _between(self, one: datetime, other: datetime) -> datetime:
        return one + (other - one) * self._dice.random()

    async def _teller(self, now: datetime) -> Teller:
        await defaults.install(self._deps)
        directory = await self._deps.staff.directory()
        people, groups = directory.staff, directory.groups
        if not any("operator" in one.roles for one in people.values()):
            # Without a password: nobody comes in by a name that stands in the source.
            for one in demo.read().staff:
                if one.login not in people:
                    await self._services.people.add(
                        one.login,
                        one.name,
                        one.roles,
                        SYSTEM,
                        position=one.position,
                        groups=[group for group in one.groups if group in groups],
                    )
        directory = await self._deps.staff.directory()
        actors = [Actor.of(one) for one in directory.staff.values() if one.active]
        return Teller(
            self._dice,
            [one for one in actors if "operator" in one.roles],
            [one for one in actors if "executor" in one.roles],
            directory.default_group(""),
            [one.id for one in await self._deps.catalog.results()],
            await self._deps.catalog.deadlines(),
            directory,
            now,
        )
