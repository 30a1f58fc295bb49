"""The store: what is kept, one Protocol per aggregate. Every write is majority and journalled."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar

import msgspec

from hub.domain.case import Case
from hub.domain.catalog import (
    CaseType,
    FirstDeadline,
    OneTimeLink,
    QuickReply,
    ResultCode,
    Token,
)
from hub.domain.contact import Contact
from hub.domain.message import Attachment
from hub.domain.outbox import Letter
from hub.domain.staff import Directory, Group, Staff
from hub.domain.thread import Delivery, Entry, HistoryLine
from hub.ports.channel import Kept, Key, RawRequest

InboxState = Literal["new", "done", "quarantined"]
T = TypeVar("T")


class Page(msgspec.Struct, Generic[T]):
    """A page of a list; `next` is the cursor of the following one, None at the end."""

    items: list[T]
    next: str | None = None


class Conflict(Exception):
    """A save lost against another write: reload and decide again."""


class Duplicate(Exception):
    """A unique key is held by another document."""


class InboxRow(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Raw input as kept. `id` is stable_id(account, external id). `case` is the number chosen for
    it before the case was touched, `linked` the older case it continues. `trace` is the id that
    logs carry from here to delivery."""

    id: str = msgspec.field(name="_id")
    account: str
    external_id: str
    lane: str
    digest: bytes
    raw: RawRequest
    raw_file: str = ""
    at: datetime
    seq: int = 0
    state: InboxState = "new"
    case: int = 0
    linked: int = 0
    contact: str = ""
    tries: int = 0
    due: datetime | None = None
    error: str = ""
    done_at: datetime | None = None
    trace: str = ""


HEAVY = 32 * 1024 * 1024
"""Bytes of rows that are held in memory together, but for the one that goes beyond."""


def weighs(rows: Iterable[InboxRow]) -> int:
    """Bytes of their bodies."""
    return sum(len(row.raw.body) for row in rows)


class Inbox(Protocol):
    """Durable intake. `keep` groups what arrives together into few writes."""

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        """Keep durably; raise StoreDown when the store did not confirm."""

    async def waiting(self, lanes: Sequence[str], limit: int, now: datetime) -> list[InboxRow]:
        """New rows of these lanes that are due, in the order kept (within each lane): so many, or
        as many as weigh HEAVY together."""

    async def choose(self, chosen: Iterable[tuple[str, int, int, str]]) -> None:
        """Write (row id, case, linked, contact) on rows, in one call, before cases are touched."""

    async def done(self, ids: Sequence[str], now: datetime) -> None:
        """These rows are understood and saved."""

    async def later(self, row_id: str, due: datetime, error: str) -> None:
        """Try this row again at `due`; counts a try."""

    async def quarantine(self, row_id: str, error: str, now: datetime) -> None:
        """Nobody else waits for this row; an admin reads and replays it."""

    async def replay(self, row_id: str) -> InboxRow | None:
        """The row is new again (a case chosen for it stays). None if there is no such row."""

    async def get(self, row_id: str) -> InboxRow | None: ...

    async def page(
        self, *, account: str, state: InboxState | None, cursor: str | None, limit: int
    ) -> Page[InboxRow]: ...

    async def stale_lanes(self, before: datetime, limit: int) -> list[str]:
        """Lanes with rows that are due and were kept before this time."""

    async def expire(self, before: datetime, limit: int) -> int:
        """Delete done rows older than this; says how many."""

    async def stats(self, now: datetime) -> dict[str, float]:
        """`new`, `quarantined` (counts) and `oldest` (age in seconds of the oldest new row)."""


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

    async def save_paged(self, number: int, entry: Entry, was: Delivery | None = None) -> bool:
        """Write back an entry of a page (delivery, edits). With `was` only where its delivery still
        is in that state, by that row; False when it is not, or stands on no page."""

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


class Contacts(Protocol):
    """Contacts; a verified identity belongs to one contact only."""

    async def get(self, contact_id: str) -> Contact | None:
        """As stored; the pointer of a merged one is not followed."""

    async def resolve(self, contact_id: str) -> Contact | None:
        """As `get`, merges followed."""

    async def by_identities(self, keys: Iterable[str]) -> dict[str, Contact]:
        """Who holds these identities (verified), merges followed."""

    async def claiming(self, keys: Iterable[str], limit: int) -> list[Contact]:
        """Contacts that hold one of these keys, proven or claimed."""

    async def at_phones(self, numbers: Iterable[str], limit: int) -> list[Contact]:
        """Contacts that hold one of these numbers (E.164), claim it, or stand in the book with a
        number that ends alike; merged ones, too."""

    async def add_many(self, contacts: Sequence[Contact], *, carried: bool = False) -> list[str]:
        """Insert; returns ids that did NOT get in since an identity is held. `carried`: a save that
        follows makes them durable with itself."""

    async def save(self, contact: Contact) -> None:
        """On {_id, rev}. Raises Conflict, Duplicate."""

    async def search(
        self, words: str, phone: str, cursor: str | None, limit: int
    ) -> Page[Contact]: ...

    async def merged_from(self, contact_id: str) -> list[str]:
        """Contacts that this one stands for."""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """`size` in bytes; `cases` whose people may read it; `by` who brought it."""

    id: str
    name: str
    mime: str
    size: int
    case: int
    by: str
    at: datetime


class NewFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is there as a whole. `mime` is what it is said to be, or, if `made` by ourselves,
    what it is."""

    id: str
    name: str
    data: bytes
    case: int
    by: str
    mime: str = ""
    made: bool = False


class Files(Protocol):
    """File bytes (GridFS). The type is sniffed from the bytes."""

    async def put(
        self,
        file_id: str,
        name: str,
        data: AsyncIterator[bytes],
        *,
        case: int,
        by: str,
        limit: int,
        mime: str = "",
    ) -> StoredFile:
        """Store; the same id again is kept as it was first. Raises TooLarge over `limit` bytes."""

    async def put_many(self, files: Sequence[NewFile]) -> dict[str, StoredFile]:
        """`put` for whole files, with few calls for all of them: how each stands now, by its id."""

    async def info(self, file_id: str) -> StoredFile | None: ...

    async def attach(self, file_ids: Sequence[str], case: int) -> None:
        """Uploaded files belong to this case now."""

    def read(self, file_id: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Bytes [start, end)."""


class StaffStore(Protocol):
    """People and groups."""

    async def directory(self) -> Directory:
        """Everybody; may be up to two seconds old."""

    def forget(self) -> None:
        """The next `directory` is fresh."""

    async def get(self, login: str) -> Staff | None: ...

    async def add(self, staff: Staff) -> None:
        """Raises Duplicate."""

    async def save(self, staff: Staff) -> None:
        """On {_id, rev}. Raises Conflict."""

    async def put_group(self, group: Group) -> None: ...

    async def add_link(self, link: OneTimeLink) -> None: ...

    async def use_link(self, link_id: str, now: datetime) -> OneTimeLink | None:
        """Use it up, once; None if used, unknown or expired."""

    async def add_token(self, token: Token) -> None: ...

    async def token(self, token_id: str) -> Token | None: ...

    async def tokens(self) -> list[Token]: ...

    async def revoke_token(self, name: str) -> bool: ...


class Catalog(Protocol):
    """Quick replies, result codes, case types, first deadlines."""

    async def quick_replies(self, *, deleted: bool = False) -> list[QuickReply]: ...

    async def quick_reply(self, reply_id: str) -> QuickReply | None: ...

    async def put_quick_reply(self, reply: QuickReply, *, new: bool = False) -> None:
        """Insert when `new` (raises Duplicate), else on {_id, rev} (raises Conflict)."""

    async def count_use(self, reply_id: str, month: str) -> None: ...

    async def results(self) -> list[ResultCode]: ...

    async def put_result(self, result: ResultCode) -> None: ...

    async def types(self) -> list[CaseType]: ...

    async def put_type(self, type_: CaseType) -> None: ...

    async def deadlines(self) -> list[FirstDeadline]: ...

    async def put_deadline(self, rule: FirstDeadline) -> None: ...

    async def drop_deadline(self, rule_id: str) -> None: ...


class Letters(Protocol):
    """What is sent without a case; the outbox's twin."""

    async def add(self, letters: Sequence[Letter]) -> None:
        """Insert; a letter whose id stands already is left as it is."""

    async def claim(self, to: str, by: str, now: datetime, seconds: float) -> Letter | None:
        """Lease the earliest unfinished letter to this recipient if it is due; None otherwise.
        Counts a try; `repeat` is set on one whose former lease ran out."""

    async def settle(self, letter: Letter) -> None:
        """Write state, due and tries back; a sent one may be deleted."""

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Recipients (`to`) for whom something is due."""


class Shown(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A message of a bot that stands for something: what a swipe-reply or a button under it means.

    `chat` and `message` are the platform's ids. `what`: card, message, comment, prompt, mark,
    status. `case`, `entry`: what it shows. `version`: of the case when it was drawn.
    """

    account: str
    chat: int
    message: int
    what: str
    case: int = 0
    entry: int = 0
    version: int = 0
    data: dict[str, str] = {}
    at: datetime


class ShownStore(Protocol):
    """Which bot message stands for what (durable)."""

    async def add(self, shown: Shown) -> None:
        """Insert or replace by (account, chat, message)."""

    async def at(self, account: str, chat: int, message: int) -> Shown | None: ...

    async def latest(
        self, account: str, chat: int, what: str, case: int, entry: int = 0
    ) -> Shown | None:
        """The newest message in this chat that stands for this."""

    async def chats(self, case: int, what: str) -> list[Shown]:
        """The newest of each chat that shows this of a case."""

    async def drop(self, shown: Shown) -> None: ...


class Leases(Protocol):
    """Who is the one that does something (a poller of an account, a migration)."""

    async def hold(self, name: str, by: str, now: datetime, seconds: float) -> bool:
        """Take or renew; False while somebody else holds it."""

    async def drop(self, name: str, by: str) -> None: ...


class UploadRef(msgspec.Struct, frozen=True):
    """A stored file about to be sent or attached."""

    attachment: Attachment
    case: int
