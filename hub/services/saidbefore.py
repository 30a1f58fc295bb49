"""What an answer refers to, for channels whose conversations hold together by that."""

from __future__ import annotations

from hub.domain.case import Case
from hub.domain.message import Address
from hub.domain.thread import Entry

REFERENCES = 10
"""Messages before an answer that it names."""


def said_before(case: Case, entry: Entry | None, to: Address) -> tuple[str, ...]:
    """The provider's ids of the messages before this one (None: before a new one), the first and
    the newest, oldest first."""
    found: list[str] = []
    for one in case.thread:
        if entry is not None and one.seq == entry.seq:
            break
        if one.kind == "message" and one.account == to.account:
            found += one.external_ids[:1]
    return tuple(dict.fromkeys([*found[:1], *found[1:][-REFERENCES:]]))
