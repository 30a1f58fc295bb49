"""Rows that bring files of residents into the store, when they came by reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.domain.case import Case
from hub.domain.errors import TooLarge
from hub.domain.message import Accepted, Attachment, Deferred, Outcome, Rejected
from hub.domain.outbox import Row
from hub.ports.channel import Fetcher, FetchFailed, Limit
from hub.ports.files import Files
from hub.ports.outlet import Skip
from hub.services.deps import Policy


class FetchOutlet:
    """Rows of kind fetch. Storing the same file again keeps the first: a repeat is harmless."""

    def __init__(self, fetchers: Mapping[str, Fetcher], files: Files, policy: Policy) -> None:
        self._fetchers = fetchers
        self._files = files
        self._policy = policy

    def limits(self, case: Case, row: Row) -> Sequence[Limit]:
        """Fetching has no budget of its own."""
        return ()

    async def send(self, case: Case, row: Row) -> Outcome | Skip:
        """Fetch one file."""
        file = _file(case, row)
        if file is None or file.state == "ready":
            return Skip()
        fetcher = self._fetchers.get(row.account)
        if fetcher is None:
            return Rejected("channel_off")
        try:
            await self._files.put(
                file.id,
                file.name,
                fetcher.fetch(file),
                case=case.number,
                by=f"case:{case.number}",
                limit=self._policy.max_file,
                mime=file.mime,
            )
        except TooLarge:
            return Rejected("file_too_large")
        except FetchFailed as failed:
            return Rejected(failed.reason) if failed.final else Deferred(failed.reason, 0)
        return Accepted()


def _file(case: Case, row: Row) -> Attachment | None:
    entry = case.by_seq(row.entry)
    for file in entry.files if entry else ():
        if file.id == row.data.get("file"):
            return file
    return None
