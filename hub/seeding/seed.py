"""Writes made-up cases into the store, many at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.staff import Actor
from hub.ports.clock import Ids
from hub.ports.store import Cases, Catalog, Contacts, StaffStore
from hub.seeding import catalogue
from hub.seeding.data import demo
from hub.seeding.residents import resident
from hub.seeding.stories import Teller

BATCH = 200
# Every so often somebody writes about another matter.
KNOWN_RESIDENT = 0.3


@dataclass(frozen=True)
class Seeded:
    cases: int
    contacts: int


class Seeder:
    """``dice`` with the same seed tells the same stories."""

    def __init__(
        self,
        cases: Cases,
        contacts: Contacts,
        staff: StaffStore,
        catalog: Catalog,
        ids: Ids,
        dice: Random,
    ) -> None:
        self._cases = cases
        self._contacts = contacts
        self._staff = staff
        self._catalog = catalog
        self._ids = ids
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
            for number in await self._cases.numbers(min(BATCH, count - done)):
                at = since + span * self._dice.random()
                occasion = 0
                if known and self._dice.random() < KNOWN_RESIDENT:
                    contact, occasion = self._dice.choice(known), number
                else:
                    contact = resident(self._dice, number, at)
                    fresh.append(contact)
                batch.append(teller.case(number, contact, at, occasion))
            await self._contacts.add_many(fresh)
            await self._cases.open_many([(case, self._ids.new()) for case in batch])
            known = (known + fresh)[-5 * BATCH :]
            done += len(batch)
            made += len(fresh)
            progress(done)
        return Seeded(done, made)

    async def _teller(self, now: datetime) -> Teller:
        await catalogue.begin(self._staff, self._catalog)
        if not (await self._staff.directory()).staff:
            await catalogue.add_people(self._staff, now, demo().staff)
        directory = await self._staff.directory()
        people = [Actor.of(one) for one in directory.staff.values() if one.active]
        return Teller(
            self._dice,
            [one for one in people if "operator" in one.roles],
            [one for one in people if "executor" in one.roles],
            directory.default_group(""),
            [one.id for one in await self._catalog.results()],
            await self._catalog.deadlines(),
            now,
        )
