"""What staff do with a case: take it, hand it over, set who and until when."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case import Case
from hub.domain.errors import Invalid, NotFound
from hub.domain.events import Event
from hub.domain.rights import may
from hub.domain.staff import Actor, Staff
from hub.ports.live import LiveEvent
from hub.services.casestates import CaseStates


class Casework(CaseStates):
    """Every method asks the rights table and, with `expect`, that the case still is at the
    version the person saw. All return the case as it is then."""

    async def take(self, number: int, by: Actor, *, expect: int | None = None) -> Case:
        """Взять в работу. Raises AlreadyTaken with the name of who has it."""
        return await self._book.change(
            number,
            lambda case: case.take(by, self._now()),
            by=by,
            right="case.take",
            expect=expect,
        )

    async def assign(
        self, number: int, operator: str, by: Actor, *, expect: int | None = None
    ) -> Case:
        """A supervisor gives the case to an operator."""
        await self._operator(operator)
        return await self._book.change(
            number,
            lambda case: case.assign(operator, by, self._now()),
            by=by,
            right="case.assign",
            expect=expect,
        )

    async def release(self, number: int, by: Actor, *, expect: int | None = None) -> Case:
        """Back to its queue."""
        return await self._book.change(
            number,
            lambda case: case.release(by, self._now()),
            by=by,
            right="case.release",
            expect=expect,
        )

    async def transfer(
        self,
        number: int,
        by: Actor,
        *,
        note: str,
        operator: str = "",
        group: str = "",
        key: str = "",
        expect: int | None = None,
    ) -> Case:
        """To an operator or a group, with a required explanation."""
        if operator:
            await self._operator(operator)
        if group and group not in (await self._deps.staff.directory()).groups:
            raise NotFound(what="group", id=group)
        entry_key = self._key(by, key)
        return await self._book.change(
            number,
            lambda case: case.transfer(
                note, by, self._now(), key=entry_key, operator=operator, group=group
            ),
            by=by,
            right="case.transfer",
            expect=expect,
            key=entry_key,
        )

    async def hand_back(
        self, number: int, by: Actor, *, note: str, key: str = "", expect: int | None = None
    ) -> Case:
        """Return a transferred case to who offered it; to its queue if that was a program, or
        somebody who works with cases no more."""
        entry_key = self._key(by, key)
        directory = await self._deps.staff.directory()

        def decide(case: Case) -> list[Event]:
            to_queue = not _operates(directory.staff.get(case.offered_by))
            return case.hand_back(by, self._now(), note=note, key=entry_key, to_queue=to_queue)

        return await self._book.change(
            number,
            decide,
            by=by,
            right="case.transfer",
            expect=expect,
            key=entry_key,
        )

    async def responsible(
        self, number: int, staff: str, by: Actor, *, expect: int | None = None
    ) -> Case:
        """Set who answers for it; an empty login clears."""
        if staff:
            await self._known(staff)
        return await self._book.change(
            number,
            lambda case: case.make_responsible(staff, by, self._now()),
            by=by,
            right="case.people",
            expect=expect,
        )

    async def executors(
        self,
        number: int,
        by: Actor,
        *,
        add: list[str] | None = None,
        remove: list[str] | None = None,
        expect: int | None = None,
    ) -> Case:
        """Add and remove those who carry it out."""
        for login in add or []:
            await self._known(login)
        return await self._book.change(
            number,
            lambda case: case.change_executors(add or [], remove or [], by, self._now()),
            by=by,
            right="case.people",
            expect=expect,
        )

    async def deadline(
        self, number: int, at: datetime, by: Actor, *, expect: int | None = None
    ) -> Case:
        """Change the deadline (an aware time)."""
        if at.tzinfo is None:
            raise Invalid(field="at", reason="timezone")
        return await self._book.change(
            number,
            lambda case: case.set_deadline(at, by, self._now()),
            by=by,
            right="case.deadline",
            expect=expect,
        )

    async def set_type(
        self, number: int, type_: str, by: Actor, *, expect: int | None = None
    ) -> Case:
        """Change the type; it must be one an admin has configured."""
        if type_ not in {known.id for known in await self._deps.catalog.types()}:
            raise Invalid(field="type", reason="unknown")
        return await self._book.change(
            number,
            lambda case: case.set_type(type_, by, self._now()),
            by=by,
            right="case.edit",
            expect=expect,
        )

    async def edit(
        self,
        number: int,
        by: Actor,
        *,
        subject: str | None = None,
        text: str | None = None,
        premises: str | None = None,
        expect: int | None = None,
    ) -> Case:
        """The pencil: subject, text, address. None leaves as it is."""
        return await self._book.change(
            number,
            lambda case: case.edit(by, self._now(), subject=subject, text=text, premises=premises),
            by=by,
            right="case.edit",
            expect=expect,
        )

    async def seen(self, number: int, by: Actor) -> Case:
        """Whoever is in charge of the case looked at it: nothing is unread any more."""

        looked: list[bool] = []

        def decide(case: Case) -> list[Event]:
            looked[:] = [by.login in {case.operator, case.responsible} and case.seen()]
            return []

        case = await self._book.change(number, decide, by=by, right="case.read")
        if any(looked) and self._shows_seen(case):
            await self._deps.live.publish(
                LiveEvent(
                    case=number,
                    version=case.version,
                    what=["seen"],
                    by=by.login,
                    contact=case.contact.id,
                )
            )
        return case

    def _shows_seen(self, case: Case) -> bool:
        sender = self._deps.senders.get(case.address.account) if case.address else None
        return sender is not None and sender.caps.seen

    async def _known(self, login: str) -> None:
        person = (await self._deps.staff.directory()).staff.get(login)
        if person is None or not person.active:
            raise NotFound(what="staff", id=login)

    async def _operator(self, login: str) -> None:
        """Anybody may answer for a case or carry it out; operating takes the right to answer."""
        await self._known(login)
        if not _operates((await self._deps.staff.directory()).staff.get(login)):
            raise Invalid(field="to", reason="unknown")

    def _key(self, by: Actor, key: str) -> str:
        return f"{by.kind}:{by.login}:{key or self._deps.ids.new()}"


def _operates(person: Staff | None) -> bool:
    return person is not None and person.active and may(Actor.of(person), "case.take")
