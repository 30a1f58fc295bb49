"""What comes in about messages that stand already: edits, and the provider's delivery reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hub.domain.case import Case, progress
from hub.domain.events import DeliveryChanged, Event, MessageEdited
from hub.domain.message import DeliveryReport, Edit
from hub.domain.thread import Entry, amend
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.oldentries import change_paged
from hub.services.understanding import NotYet
from hub.services.unsent import note


class Receipts:
    """Finds the message wherever it stands, in its case or in an older page."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def edit(self, edit: Edit) -> None:
        """A resident changed a message: «было / стало». An edit never opens or reopens a case."""
        number, seq = await self._find(edit.account, edit.external_id)
        now = self._deps.clock.now()
        await self._apply(
            number,
            seq,
            lambda case, entry: case.amend(entry, edit, now),
            lambda entry: [MessageEdited(entry=seq)] if amend(entry, edit) else [],
        )

    async def report(self, report: DeliveryReport) -> str:
        """How something sent fares, by our own id (case-entry) or the provider's. Returns the
        identity that cannot be reached any more, if the report says so."""
        number, seq = await self._sent(report)
        to: list[str] = []

        def here(case: Case, entry: Entry) -> Sequence[Event]:
            to[:] = [entry.delivery.to.identity] if entry.delivery else []
            return case.delivery(seq, report.state, report.at, reason=report.reason)

        def paged(entry: Entry) -> Sequence[Event]:
            changed = progress(entry, report.state, report.at, reason=report.reason)
            return [DeliveryChanged(entry=seq, state=report.state)] if changed else []

        await self._apply(number, seq, here, paged)
        return to[0] if report.gone and to else ""

    async def _apply(
        self,
        number: int,
        seq: int,
        here: Callable[[Case, Entry], Sequence[Event]],
        paged: Callable[[Entry], Sequence[Event]],
    ) -> None:
        found: list[Entry] = []

        def decide(case: Case) -> Sequence[Event]:
            entry = case.by_seq(seq)
            found[:] = [entry] if entry is not None else []
            return here(case, entry) if entry is not None else []

        await self._book.change(number, decide)
        if found:
            return
        old = await self._deps.cases.paged_entry(number, seq)
        if old is None:
            raise NotYet("message_missing")
        if changed := paged(old):
            if any(isinstance(event, DeliveryChanged) for event in changed):
                # First the list: what is found done already is not looked at again.
                await note(self._deps, await self._book.load(number), old)
            await change_paged(self._deps.cases, number, seq, lambda entry: bool(paged(entry)))

    async def _sent(self, report: DeliveryReport) -> tuple[int, int]:
        number, dash, seq = report.out.partition("-")
        if dash and number.isdigit() and seq.isdigit():
            return int(number), int(seq)
        for spelled in (report.external_id, *report.aliases[:-1]):
            if found := await self._deps.cases.by_external(report.account, spelled):
                return found
        return await self._find(report.account, (report.external_id, *report.aliases)[-1])

    async def _find(self, account: str, external_id: str) -> tuple[int, int]:
        found = await self._deps.cases.by_external(account, external_id)
        if found is None:
            raise NotYet("message_missing")
        return found
