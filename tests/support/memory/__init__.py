"""An in-memory twin of the store: passes the same suite (tests/contract/store) as the real one.

memory = Memory()
Deps(inbox=memory.inbox, cases=memory.cases, …)
"""

from __future__ import annotations

from tests.support.memory.calls import MemoryCallbacks, MemoryCalls
from tests.support.memory.cases import MemoryCases
from tests.support.memory.codes import MemoryCodes
from tests.support.memory.contacts import MemoryContacts
from tests.support.memory.failures import MemoryFailures
from tests.support.memory.files import MemoryFiles
from tests.support.memory.forums import MemoryForums
from tests.support.memory.heads import MemoryHeads
from tests.support.memory.inbox import MemoryInbox
from tests.support.memory.lanes import MemoryLanes
from tests.support.memory.notices import MemoryHeld, MemoryShifts
from tests.support.memory.parts import MemoryParts
from tests.support.memory.premises import MemoryHouses, MemorySchedules
from tests.support.memory.rest import (
    MemoryCatalog,
    MemoryDialogues,
    MemoryLeases,
    MemoryLetters,
    MemoryMarks,
    MemoryShown,
    MemoryStaff,
)
from tests.support.memory.spamrules import MemorySpamRules

__all__ = ["Memory"]


class Memory:
    """All ports of the store over dictionaries, and who takes which lane."""

    def __init__(self) -> None:
        self.inbox = MemoryInbox()
        self.lanes = MemoryLanes()
        self.cases = MemoryCases()
        self.contacts = MemoryContacts()
        self.files = MemoryFiles()
        self.forums = MemoryForums()
        self.staff = MemoryStaff(self.forums)
        self.catalog = MemoryCatalog()
        self.letters = MemoryLetters()
        self.shown = MemoryShown()
        self.leases = MemoryLeases()
        self.dialogues = MemoryDialogues()
        self.marks = MemoryMarks()
        self.houses = MemoryHouses()
        self.hours = MemorySchedules()
        self.held = MemoryHeld()
        self.shifts = MemoryShifts()
        self.spam_rules = MemorySpamRules()
        self.parts = MemoryParts()
        self.failures = MemoryFailures()
        self.heads = MemoryHeads(self.cases)
        self.codes = MemoryCodes()
        self.calls = MemoryCalls()
        self.callbacks = MemoryCallbacks()

    async def ping(self) -> float:
        return 0.0

    async def close(self) -> None:
        """Nothing to give back."""
