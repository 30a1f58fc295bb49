"""Whose a case is: its operator, who answers for it, who carries it out."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case.facts import TaskStep
from hub.domain.case.moves import author
from hub.domain.case.writing import CaseWriting
from hub.domain.errors import AlreadyTaken, Invalid, WrongState
from hub.domain.events import (
    Assigned,
    Event,
    ExecutorAdded,
    ExecutorRemoved,
    Released,
    ResponsibleChanged,
    Taken,
    TaskAdvanced,
    Transferred,
)
from hub.domain.staff import Actor


class CasePeople(CaseWriting, kw_only=True):
    """Taken, given, handed over, released."""

    def take(self, by: Actor, now: datetime) -> list[Event]:
        """An operator takes the case for themselves, unless somebody works on it already."""
        self._allow("take")
        if self.operator == by.login and self.status == "in_progress":
            return []
        if self.operator and self.operator != by.login:
            raise AlreadyTaken(number=self.number, operator=self.operator)
        self.operator, self.offered_by = by.login, ""
        self.dispatcher = self.dispatcher or by.login
        self._note(now, author(by), "taken")
        return [*self._move("in_progress", author(by), now), Taken(by=by.login)]

    def assign(self, operator: str, by: Actor, now: datetime) -> list[Event]:
        """A supervisor (or a rule) gives the case to an operator."""
        self._allow("assign")
        if self.operator == operator:
            return []
        self.operator, self.offered_by = operator, ""
        self._note(now, author(by), "assigned", operator=operator)
        events = self._move("assigned", author(by), now)
        return [*events, Assigned(by=by.login, operator=operator)]

    def release(self, by: Actor, now: datetime, *, reason: str = "") -> list[Event]:
        """The case goes back to its queue."""
        self._allow("release")
        if not self.operator:
            return []
        self.operator, self.offered_by = "", ""
        self._note(now, author(by), "released", reason=reason)
        return [*self._move(self._idle(), author(by), now), Released(by=by.login)]

    def transfer(
        self, note: str, by: Actor, now: datetime, *, key: str, operator: str = "", group: str = ""
    ) -> list[Event]:
        """Hand over to an operator or a group, with an explanation that stands as a comment."""
        if self.by_key(key) is not None:
            return []
        self._allow("transfer")
        if not note.strip():
            raise Invalid(field="note", reason="required")
        if bool(operator) == bool(group):
            raise Invalid(field="to", reason="required")
        if operator and operator == self.operator:
            raise Invalid(field="to", reason="same")
        self.comment(note, [], by, now, key=key)
        who = author(by)
        if group:
            self.group, self.operator, self.offered_by = group, "", ""
            self._note(now, who, "transferred_group", group=group)
            moved = self._move(self._idle(), who, now)
        else:
            self.offered_by, self.operator = self.operator or by.login, operator
            self._note(now, who, "transferred", operator=operator)
            moved = self._move("assigned", who, now)
        return [*moved, Transferred(by=by.login, entry=self.seqs, operator=operator, group=group)]

    def hand_back(
        self, by: Actor, now: datetime, *, note: str, key: str, to_queue: bool = False
    ) -> list[Event]:
        """Return a transferred case to who offered it, or to its queue."""
        if self.operator != by.login or not self.offered_by:
            raise WrongState(number=self.number, action="return", status=self.status)
        if to_queue:
            return [*self.comment(note, [], by, now, key=key), *self.release(by, now)]
        return self.transfer(note, by, now, key=key, operator=self.offered_by)

    def make_responsible(self, staff: str, by: Actor, now: datetime) -> list[Event]:
        """Set (or with an empty login clear) who answers for the case."""
        self._allow("responsible")
        if self.responsible == staff:
            return []
        self.responsible = staff
        self._note(now, author(by), "responsible", staff=staff)
        events: list[Event] = [ResponsibleChanged(by=by.login, staff=staff)]
        return [*self._settle_idle(author(by), now), *events]

    def change_executors(
        self, add: list[str], remove: list[str], by: Actor, now: datetime
    ) -> list[Event]:
        """Add and remove those who carry it out."""
        self._allow("executors")
        events: list[Event] = []
        who = author(by)
        for login in add:
            if login not in self.executors:
                self.executors = [*self.executors, login]
                self._note(now, who, "executor_added", staff=login)
                events.append(ExecutorAdded(by=by.login, staff=login))
        for login in remove:
            if login in self.executors:
                self.executors = [name for name in self.executors if name != login]
                self._note(now, who, "executor_removed", staff=login)
                self.steps = {name: step for name, step in self.steps.items() if name != login}
                events.append(ExecutorRemoved(by=by.login, staff=login))
        if not events:
            return []
        return [*self._settle_idle(who, now), *events]

    def advance(self, step: TaskStep, by: Actor, now: datetime) -> list[Event]:
        """An executor says how far they are."""
        self._works_on_it(by, step)
        if self.steps.get(by.login) == step:
            return []
        self.steps = {**self.steps, by.login: step}
        self._note(now, author(by), f"task_{step}")
        return [TaskAdvanced(by=by.login, step=step)]

    def decline(self, by: Actor, now: datetime) -> list[Event]:
        """An executor cannot do it: it goes back to who deals with the case."""
        self._works_on_it(by, "decline")
        self._note(now, author(by), "task_declined")
        return self.change_executors([], [by.login], by, now)

    def _works_on_it(self, by: Actor, action: str) -> None:
        self._allow("executors")
        if by.login not in self.executors:
            raise WrongState(number=self.number, action=action, status=self.status)
