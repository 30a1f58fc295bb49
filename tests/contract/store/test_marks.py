"""How far a poller has come outlives it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub.ports.marks import Mark
from tests.contract.store.samples import T0 as NOW


async def test_the_last_place_that_was_written_down_is_the_one_that_is_read(ports: Any) -> None:
    assert await ports.marks.get("imap:office:INBOX") is None
    await ports.marks.put(Mark(id="imap:office:INBOX", scope="17", place=4, at=NOW))
    later = Mark(id="imap:office:INBOX", scope="18", place=1, at=NOW + timedelta(minutes=1))
    await ports.marks.put(later)
    await ports.marks.put(later)
    assert await ports.marks.get("imap:office:INBOX") == later
    assert await ports.marks.get("imap:other:INBOX") is None
