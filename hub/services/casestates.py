"""How staff move a case from state to state: waiting, resolved, closed, rejected, spam, merged."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case import Case
from hub.domain.errors import Invalid, MergeCircle, NoAddress
from hub.domain.events import Event
from hub.domain.spamrules import SpamRule, Verdict
from hub.domain.staff import Actor
from hub.ports.saving import Duplicate
from hub.services import rejection
from hub.services.casebook import Casebook
from hub.services.deps import Deps


class CaseStates:
    """The part of Casework that ends cases and opens them again; the same manners."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    def _now(self) -> datetime:
        return self._deps.clock.now()

    async def wait(self, number: int, by: Actor, *, expect: int | None = None) -> Case:
        """Work stands until the resident answers."""
        return await self._book.change(
            number,
            lambda case: case.wait(by, self._now()),
            by=by,
            right="case.state",
            expect=expect,
        )

    async def defer(
        self, number: int, until: datetime, by: Actor, *, expect: int | None = None
    ) -> Case:
        """Work stands until a time."""
        return await self._book.change(
            number,
            lambda case: case.defer(until, by, self._now()),
            by=by,
            right="case.state",
            expect=expect,
        )

    async def resolve(
        self,
        number: int,
        result: str,
        by: Actor,
        *,
        comment: str = "",
        photos: bool = False,
        expect: int | None = None,
    ) -> Case:
        """Close with a result code; the resident is told in the words of the code, and with
        `photos` sees the pictures of the work."""
        codes = {code.id: code for code in await self._deps.catalog.results() if code.active}
        if result not in codes:
            raise Invalid(field="result", reason="unknown")
        code = codes[result]

        def decide(case: Case) -> list[Event]:
            now = self._now()
            events = case.resolve(result, comment, by, now, name=code.name)
            answerable = case.address is not None and case.address.account in self._deps.senders
            if events and code.tell and answerable:
                text = self._deps.texts.render(
                    "reply/resolved",
                    case.contact.language or "ru",
                    number=case.number,
                    result=code.name,
                    comment=comment,
                    text=code.text,
                    name=case.contact.name,
                    organisation=self._deps.policy.organisation,
                )
                assert case.address is not None
                able = self._deps.senders[case.address.account].caps.files
                events += case.reply(
                    text.strip(),
                    case.work_photos if photos and able else [],
                    by,
                    now,
                    key=f"resolved:{number}:{case.version}",
                    automatic=True,
                    event="resolved",
                )
            return events

        return await self._book.change(number, decide, by=by, right="case.resolve", expect=expect)

    async def close(self, number: int, by: Actor, *, expect: int | None = None) -> Case:
        """Nothing more is expected."""
        return await self._book.change(
            number,
            lambda case: case.close(by, self._now()),
            by=by,
            right="case.state",
            expect=expect,
        )

    async def reject(
        self, number: int, reason: str, by: Actor, *, expect: int | None = None
    ) -> Case:
        """Отклонить, with a reason; the resident is told, and reads it."""

        def decide(case: Case) -> list[Event]:
            now = self._now()
            events = case.reject(reason, by, now)
            return events + rejection.tell(case, by, now, self._deps)

        return await self._book.change(number, decide, by=by, right="case.reject", expect=expect)

    async def spam(
        self, number: int, by: Actor, *, then: Verdict | None = None, expect: int | None = None
    ) -> Case:
        """Mark as spam; residents see nothing of it. `then` says what becomes of all that its
        sender writes later (None: only this conversation's case takes it, unseen)."""

        def decide(case: Case) -> list[Event]:
            if then is not None and case.address is None:
                raise NoAddress(number=number)
            return case.spam(by, self._now(), aside=then == "ask")

        case = await self._book.change(number, decide, by=by, right="case.spam", expect=expect)
        if then is not None and case.address is not None:
            rule = SpamRule(
                id=case.address.identity,
                what=then,
                name=case.contact.name,
                case=number,
                by=by.login,
                at=self._now(),
            )
            await self._deps.spam_rules.put(rule)
        return case

    async def unspam(self, number: int, by: Actor, *, expect: int | None = None) -> Case:
        """Undo spam; its sender is as any other again."""
        held = await self._book.load(number)
        taken = await self._deps.cases.current([held.conversation])
        free = bool(held.conversation) and not taken
        try:
            case = await self._unspam(number, by, expect, current=free)
        except Duplicate:
            # The resident wrote just now: what they wrote is the current case.
            case = await self._unspam(number, by, expect, current=False)
        await self._forgive(case)
        return case

    async def _unspam(self, number: int, by: Actor, expect: int | None, *, current: bool) -> Case:
        return await self._book.change(
            number,
            lambda case: case.unspam(by, self._now(), current=current),
            by=by,
            right="case.spam",
            expect=expect,
        )

    async def trust(self, number: int, by: Actor, *, expect: int | None = None) -> Case:
        """The sender of this case was asked about, and is as any other from now on."""
        case = await self._book.change(
            number,
            lambda case: case.trust(by, self._now()),
            by=by,
            right="case.spam",
            expect=expect,
        )
        await self._forgive(case)
        return case

    async def _forgive(self, case: Case) -> None:
        if case.address is not None:
            await self._deps.spam_rules.drop(case.address.identity)

    async def reopen(self, number: int, by: Actor, *, expect: int | None = None) -> Case:
        """Work goes on."""
        return await self._book.change(
            number,
            lambda case: case.reopen(by, self._now()),
            by=by,
            right="case.reopen",
            expect=expect,
        )

    async def merge(self, number: int, into: int, by: Actor, *, expect: int | None = None) -> Case:
        """From now on `into` stands for this case; undo by `unmerge`. Raises MergeCircle."""
        other = await self._book.load(into)
        case = await self._book.change(
            number,
            lambda case: case.merge_into(other, by, self._now()),
            by=by,
            right="case.merge",
            expect=expect,
        )
        if await self._leads_to(into, number):
            # Two merges at once pointed at each other: whoever sees it takes theirs back.
            await self.unmerge(number, by)
            raise MergeCircle(number=into)
        return case

    async def _leads_to(self, number: int, wanted: int) -> bool:
        seen: set[int] = set()
        while number and number not in seen:
            if number == wanted:
                return True
            seen.add(number)
            case = await self._deps.cases.get(number)
            number = case.merged_into if case is not None else 0
        return False

    async def unmerge(self, number: int, by: Actor, *, expect: int | None = None) -> Case:
        """Undo a merge."""
        return await self._book.change(
            number,
            lambda case: case.unmerge(by, self._now()),
            by=by,
            right="case.merge",
            expect=expect,
        )
