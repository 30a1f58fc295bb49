"""What follows from something that happened to a case: rows in its outbox, one per recipient."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hub.domain.case import Case
from hub.domain.outbox import RowKind
from hub.domain.staff import Directory, Staff
from hub.services import escalation
from hub.services.forum import told_in_forum
from hub.services.notices import heard

# States of which the resident's status card says something different.
TOLD = {
    "new": "accepted",
    "assigned": "accepted",
    "in_progress": "working",
    "waiting": "working",
    "deferred": "working",
    "resolved": "done",
    "closed": "done",
    "rejected": "rejected",
}

# Notices that one resident can cause in any number, and how many of a kind wait for one person.
FLOODING = frozenset({"message", "edited", "file"})
MOST_NOTICES = 10


class Reaction:
    """Collects rows for one case; knows who is who."""

    def __init__(self, case: Case, directory: Directory, now: datetime) -> None:
        self.case = case
        self.directory = directory
        self.now = now

    def staff(self, logins: Iterable[str], what: str, entry: int = 0, *, but: str = "") -> None:
        """Each of these people hears of it in their bot, except who caused it: at once, or later
        in a digest, as they chose and as their shift is."""
        for login in dict.fromkeys(logins):
            person = self.directory.staff.get(login)
            if person is None or login == but:
                continue
            if told_in_forum(self.case, login, what, self.directory):
                continue
            how = heard(self.case, person, what, self.directory, self.now)
            if how == "hold":
                self._hold(person, what, entry)
            elif how != "drop":
                silent = {"silent": "1"} if how == "silent" else {}
                self._row("notice", login, entry, {"what": what, **silent})

    def cards(self, logins: Iterable[str]) -> None:
        """The card of the case is drawn anew where these people have it."""
        for login in dict.fromkeys([*logins, *escalation.alerted(self)]):
            if login:
                self._row("card", login, 0, {})

    def mark(self, login: str, entry: int) -> None:
        """The author's message shows how its delivery fares."""
        if login:
            self._row("mark", login, entry, {})

    def status(self) -> None:
        """The resident's status card says what is so now."""
        case = self.case
        if case.address is not None and case.status in TOLD and not case.automatic:
            case.follow(
                "status",
                f"resident:{case.address.account}:{case.address.to}",
                self.now,
                account=case.address.account,
            )

    def queue(self) -> list[str]:
        """Operators of the case's group, and whoever was called since none of them took it."""
        members = self.directory.members(self.case.group, "operator")
        return [*(person.login for person in members), *escalation.called(self)]

    def leads(self) -> list[str]:
        """Supervisors of the case's group."""
        return [person.login for person in self.directory.members(self.case.group, "supervisor")]

    def owners(self) -> list[str]:
        """Who answers for the case; its queue while nobody does (or none of them is still here:
        a program that took it, somebody who left)."""
        case, staff = self.case, self.directory.staff
        people = [login for login in (case.operator, case.responsible) if login]
        here = [login for login in people if login in staff and staff[login].active]
        return here or self.queue()

    def _row(self, kind: RowKind, login: str, entry: int, data: dict[str, str]) -> None:
        person: Staff | None = self.directory.staff.get(login)
        if person is None or not person.active:
            return
        for link in person.bots:
            to = f"staff:{login}:{link.account}"
            if kind == "notice" and self._flooded(to, data["what"], entry):
                continue
            self.case.follow(
                kind,
                to,
                self.now,
                account=link.account,
                entry=entry,
                data={**data, "login": login, "chat": str(link.chat)},
            )

    def _hold(self, person: Staff, what: str, entry: int) -> None:
        """Kept for the digest, whichever bot that comes by."""
        to = f"held:{person.login}"
        if person.active and person.bots and not self._flooded(to, what, entry, "hold"):
            data = {"what": what, "login": person.login}
            self.case.follow("hold", to, self.now, entry=entry, data=data)

    def _flooded(self, to: str, what: str, entry: int, kind: RowKind = "notice") -> bool:
        """A flood is told of in few notices, the last of which names the newest entry; all of it
        stands in the case."""
        if what not in FLOODING:
            return False
        waiting = [
            row
            for row in self.case.outbox
            if (row.kind, row.to, row.state, row.tries) == (kind, to, "waiting", 0)
            and row.data.get("what") == what
        ]
        if len(waiting) < MOST_NOTICES:
            return False
        waiting[-1].entry = entry
        return True
