"""The store as a whole: one connection, every aggregate."""

from __future__ import annotations

from datetime import UTC, datetime

from pymongo import AsyncMongoClient

from hub.domain.staff import HOUSE_ZONE
from hub.store.calls import Callbacks, Calls
from hub.store.cases import Cases
from hub.store.catalog import Catalog
from hub.store.client import Mongo, connect, repeated, server_time
from hub.store.codec import Document
from hub.store.codes import Codes
from hub.store.contacts import Contacts
from hub.store.dialogues import Dialogues
from hub.store.failures import Failures
from hub.store.files import Files
from hub.store.forums import Forums
from hub.store.heads import CaseHeads
from hub.store.inbox import Inbox
from hub.store.indexes import ensure
from hub.store.leases import Leases
from hub.store.letters import Letters
from hub.store.marks import Marks
from hub.store.notices import HeldStore, ShiftLog
from hub.store.parts import Parts
from hub.store.premises import Houses, Schedules
from hub.store.shown import ShownStore
from hub.store.spamrules import SpamRules
from hub.store.staff import StaffStore
from hub.store.upgrades import upgrade


class Store:
    """Attributes are named like the fields of hub.services.deps.Deps."""

    def __init__(
        self, client: AsyncMongoClient[Document], database: Mongo, zone: str = HOUSE_ZONE
    ) -> None:
        self._client = client
        self.database = database
        self.inbox = Inbox(database)
        self.cases = Cases(database)
        self.contacts = Contacts(database)
        self.files = Files(database)
        self.staff = StaffStore(database, zone)
        self.catalog = Catalog(database)
        self.letters = Letters(database)
        self.shown = ShownStore(database)
        self.leases = Leases(database)
        self.dialogues = Dialogues(database)
        self.forums = Forums(database)
        self.marks = Marks(database)
        self.houses = Houses(database)
        self.hours = Schedules(database)
        self.held = HeldStore(database)
        self.shifts = ShiftLog(database)
        self.spam_rules = SpamRules(database)
        self.parts = Parts(database)
        self.failures = Failures(database)
        self.heads = CaseHeads(database)
        self.codes = Codes(database)
        self.calls = Calls(database)
        self.callbacks = Callbacks(database)

    @classmethod
    def open(cls, url: str, database_name: str, zone: str = HOUSE_ZONE) -> Store:
        """The store at this address; it connects when it is first asked for something. `zone` is
        the time of the house."""
        return cls(*connect(url, database_name), zone)

    async def prepare(self) -> None:
        """Upgrades of what is stored, then indexes and counters; safe to repeat."""
        await upgrade(self.database, datetime.now(UTC))
        await ensure(self.database)

    @repeated
    async def server_time(self) -> datetime:
        """The store's clock. Raises StoreDown."""
        return await server_time(self.database)

    async def ping(self) -> float:
        """By how many seconds the store's clock is ahead of ours. Raises StoreDown."""
        before = datetime.now(UTC)
        theirs = await self.server_time()
        after = datetime.now(UTC)
        return (theirs - (before + (after - before) / 2)).total_seconds()

    async def close(self) -> None:
        """Write what has gathered in the inbox, then disconnect."""
        await self.inbox.close()
        await self._client.close()
