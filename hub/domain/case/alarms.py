"""What time does to a case besides its deadline: nobody takes it, the deadline comes near."""

from __future__ import annotations

from datetime import datetime, timedelta

from hub.domain.case.state import CaseState
from hub.domain.events import DeadlineNear, Escalated, Event
from hub.domain.status import AT_WORK
from hub.domain.thread import Author, HistoryLine


class CaseAlarms(CaseState, kw_only=True):
    """Planned with every save, so that a sweep need only look for what is due."""

    @property
    def alarms(self) -> list[datetime]:
        """When a sweep should look at this case for what is planned here."""
        found = [self.escalate_at if self.status == "new" else None]
        found += [self.remind_at if self.status in AT_WORK else None]
        return [at for at in found if at is not None]

    def plan(self, *, escalate_after: int, remind_before: int, now: datetime) -> None:
        """Say when time has something to do here next, by the rules (minutes, 0: none) of the
        group the case is in."""
        self._plan_escalation(escalate_after, now)
        self._plan_reminder(remind_before, now)

    def _plan_escalation(self, after: int, now: datetime) -> None:
        if self.status != "new":
            self.escalate_at, self.escalated = None, []
        elif self.escalated[:1] != [self.group]:
            # The wait begins: the case is new in this queue, or back in it.
            self.escalated = [self.group] if after else []
            self.escalate_at = now + timedelta(minutes=after) if after else None

    def _plan_reminder(self, before: int, now: datetime) -> None:
        near = self.deadline - timedelta(minutes=before) if self.deadline and before else None
        told = self.reminded == self.deadline
        if near is None or told or self.status not in AT_WORK or not self._reminds():
            self.remind_at = None
        elif near > now:
            self.remind_at = near
        elif self.remind_at is None or self.remind_at > now:
            # So short a time was given together with the work; who got it knows.
            self.reminded, self.remind_at = self.deadline, None

    def _reminds(self) -> list[str]:
        """Who is reminded: those who carry it out and are not done, and who answers for it."""
        busy = [login for login in self.executors if self.steps.get(login) != "done"]
        return list(dict.fromkeys([*busy, *filter(None, [self.responsible])]))

    def escalate(self, to: str, again: int, waited: int, now: datetime) -> list[Event]:
        """Nobody took it in time: the group `to` (empty: none is left) and those who lead are
        told, once. After `again` minutes (0: never) it goes a step further.

        No button that is shown says anything else now, so the version stays.
        """
        if self.status != "new" or self.escalate_at is None or self.escalate_at > now:
            return []
        data = {"minutes": str(waited)} | ({"group": to} if to else {})
        self.history.append(HistoryLine(at=now, who=Author(), action="escalated", data=data))
        self.escalated = [*self.escalated, *filter(None, [to])]
        self.escalate_at = now + timedelta(minutes=again) if to and again else None
        self.alerted = True
        return [Escalated(group=to)]

    def remind(self, now: datetime) -> list[Event]:
        """The deadline comes near; once for each deadline."""
        if self.remind_at is None or self.remind_at > now:
            return []
        self.reminded, self.remind_at = self.deadline, None
        return [DeadlineNear(staff=tuple(self._reminds()))]
