"""Cases as they are kept and listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from hub.domain.case import Case
from hub.domain.thread import Entry, HistoryLine
from hub.ports.paging import Page


class CaseFilter(msgspec.Struct, kw_only=True):
    """What a list shows. `view`: mine (operator, responsible or executor is `login`), queue
    (nobody's, in `groups`), all. `kind`: holds such an entry in the newest part of its thread.
    Empty: no condition."""

    view: Literal["all", "mine", "queue"] = "all"
    login: str = ""
    groups: Sequence[str] = ()
    status: Sequence[str] = ()
    channel: str = ""
    account: str = ""
    operator: str = ""
    group: str = ""
    contact: str = ""
    overdue_at: datetime | None = None
    needs_answer: bool = False
    words: str = ""
    updated_since: datetime | None = None
    ended: bool | None = None
    kind: str = ""


class Cases(Protocol):
    """Cases, each one document, and the pages of long threads."""

    async def numbers(self, count: int) -> list[int]:
        """Fresh case numbers, never given out before; gaps are allowed."""

    async def get(self, number: int) -> Case | None: ...

    async def many(self, numbers: Iterable[int]) -> dict[int, Case]: ...

    async def current(self, conversations: Iterable[str]) -> dict[str, Case]:
        """The current case of each conversation that has one."""

    async def open(self, case: Case, op: str) -> None:
        """Insert a new case; raises Duplicate when the conversation got another current case or
        the number or a key is held."""

    async def save(self, case: Case, op: str) -> None:
        """One update on {_id, rev}; `rev` moves, `op` is remembered. Raises Conflict when another
        write was first (and this op is not in the document), Duplicate for a key held elsewhere.
        Moves old thread and history to pages when the document has grown."""

    async def open_many(self, cases: Sequence[tuple[Case, str]]) -> list[int]:
        """`open` for a batch in one call; returns the numbers that did NOT get in."""

    async def save_many(self, cases: Sequence[tuple[Case, str]]) -> list[int]:
        """`save` for a batch; returns the numbers whose save lost (reload, decide again)."""

    async def thread(self, number: int, before: int | None, limit: int) -> list[Entry]:
        """Entries with seq < before (None: the newest), oldest first, pages included."""

    async def old_history(self, number: int, below: int) -> tuple[list[HistoryLine], int]:
        """Lines of history that have moved to pages: those of the newest page with a number below
        `below` that holds any, oldest first, and its number. Nothing: no lines and 0."""

    async def keys_held(self, keys: Iterable[str]) -> dict[str, int]:
        """Which of these entry keys stand in a case or page already: key → number."""

    async def by_external(self, account: str, external_id: str) -> tuple[int, int] | None:
        """(case, seq) of the entry that the provider calls so, pages included."""

    async def by_externals(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """`by_external` for many: (account, the provider's id) → number of the case."""

    async def paged_entry(self, number: int, seq: int) -> Entry | None:
        """An entry that has moved to a page."""

    async def save_paged(self, number: int, entry: Entry) -> bool:
        """Write back an entry of a page (delivery, edits, what was decided) over what was read;
        `turn` moves. False when another write was first, or it stands on no page."""

    async def page(self, filter: CaseFilter, cursor: str | None, limit: int) -> Page[Case]:
        """Newest `updated_at` first, without thread but for its last entry, without history."""

    async def counts(self, login: str, groups: Sequence[str], now: datetime) -> dict[str, int]:
        """`mine`, `queue`, `needs_answer`, `waiting`, `overdue`: for badges."""

    async def of_contact(self, contact: str, limit: int) -> list[Case]:
        """Newest first; as in `page`."""

    async def past(self, number: int, contact: str, premises: str, limit: int) -> list[Case]:
        """Ended cases of the same flat (or contact where no flat is known), newest first."""

    async def merged_from(self, number: int) -> list[int]:
        """Cases that this one stands for."""

    async def assigned_to(self, login: str) -> list[int]:
        """Open cases whose operator this is."""

    async def due(self, now: datetime, limit: int) -> list[int]:
        """Cases whose outbox wants to be looked at."""

    async def overdue(self, now: datetime, limit: int) -> list[int]:
        """Cases past their deadline without a history line about it."""

    async def deferred(self, now: datetime, limit: int) -> list[int]:
        """Deferred cases whose time has come."""

    async def untaken(self, now: datetime, limit: int) -> list[int]:
        """New cases for which it is time to call others."""

    async def near(self, now: datetime, limit: int) -> list[int]:
        """Cases at work whose deadline is to be reminded of."""

    async def resolved_before(self, before: datetime, limit: int) -> list[int]:
        """Resolved cases that nobody touched since."""

    async def stats(self, now: datetime) -> dict[str, float]:
        """`outbox_waiting`, `outbox_oldest` (seconds), counts of open cases by status as
        `status_<name>`, and `status_ended`."""
