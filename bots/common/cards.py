"""Cards: a case as an operator sees it, and as somebody who carries it out sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bots.common.callbacks import press
from bots.common.forumcards import ForumCards
from bots.common.staffbot import DISPATCH
from bots.common.views import Key, View
from bots.common.where import EVERYBODY
from hub.domain.case import Case
from hub.domain.case.facts import TaskStep
from hub.domain.staff import Directory, Staff
from hub.domain.status import AT_WORK
from hub.domain.thread import Entry
from hub.ports.shown import Shown
from hub.ports.texts import Texts

STEPS: dict[str, TaskStep] = {
    "task_accept": "accepted",
    "task_go": "going",
    "task_there": "there",
}
"""Keys of a task and the step that each means; what is done is said with a report."""

LAST_WORDS = 600
"""Characters of the resident's last message on a card."""


class Cards:
    """Draws; knows no bot and no store."""

    def __init__(self, texts: Texts, *, phones: bool = True) -> None:
        """`phones`: who carries a case out sees the resident's number while they are at it."""
        self._texts = texts
        self._phones = phones
        self._forum = ForumCards(texts)

    def of(
        self,
        case: Case,
        person: Staff,
        directory: Directory,
        now: datetime,
        *,
        headline: str = "",
        note: str = "",
    ) -> View:
        """The card that fits the person: a task for who carries it out, else the operator's."""
        if carries_out(case, person):
            return self.task(case, person, directory, now)
        return self.operator(case, person, directory, now, headline=headline, note=note)

    def again(
        self, case: Case, shown: Shown, person: Staff, directory: Directory, now: datetime
    ) -> View:
        """The card that stands there already, as it is now. What brought it stays readable while
        it is so, the explanation of a transfer for as long as the case is theirs."""
        headline = shown.data.get("headline", "")
        theirs = case.operator in {"", person.login}
        return self.of(
            case,
            person,
            directory,
            now,
            headline=headline if _still(headline, case, person) else "",
            note=shown.data.get("note", "") if theirs and case.open else "",
        )

    def operator(
        self,
        case: Case,
        person: Staff,
        directory: Directory,
        now: datetime,
        *,
        headline: str = "",
        note: str = "",
    ) -> View:
        """Number, status, contact, address, deadline, last words, and what can be done."""
        if person is EVERYBODY:
            return self._forum.card(case, directory, now, self._keys(case, person))
        last = last_words(case)
        text = self._texts.html(
            "bot/operator/card",
            person.language,
            case=case,
            headline=headline,
            note=note,
            overdue=case.overdue(now),
            operator=directory.name(case.operator) if case.operator else "",
            mine=case.operator == person.login,
            responsible=directory.name(case.responsible) if case.responsible else "",
            executors=[
                (directory.name(login), case.steps.get(login, "")) for login in case.executors
            ],
            group=directory.groups[case.group].name if case.group in directory.groups else "",
            last=last,
            files=last_files(case, last) if last else 0,
            limit=LAST_WORDS,
        )
        return View(
            text=text,
            keys=self._keys(case, person),
            what="card",
            case=case.number,
            version=case.version,
            data={name: value for name, value in (("headline", headline), ("note", note)) if value},
        )

    def task(self, case: Case, person: Staff, directory: Directory, now: datetime) -> View:
        """The address and what is needed for the work; no more of the contact than that, and
        nothing for whom it was taken from."""
        if person.login not in {*case.executors, case.responsible}:
            gone = self._texts.html("bot/executor/gone", person.language, case=case)
            return View(text=gone, what="task", case=case.number, version=case.version)
        photos = sum(len(entry.files) for entry in case.thread if entry.direction == "in")
        text = self._texts.html(
            "bot/executor/card",
            person.language,
            case=case,
            overdue=case.overdue(now),
            step=case.steps.get(person.login, ""),
            operator=directory.name(case.operator or case.dispatcher)
            if case.operator or case.dispatcher
            else "",
            phone=case.contact.phone if self._phones and _needs_phone(case, person) else "",
            place=next((entry.location for entry in case.thread if entry.location), None),
            photos=photos,
            limit=LAST_WORDS,
        )
        label = self._label(person.language)
        rows = [[key(label, act, case) for act in row] for row in _next_steps(case, person)]
        if case.open:
            rows.append([key(label, "task_note", case), key(label, "task_thread", case)])
        if photos:
            rows.append([key(label, "files", case, count=photos)])
        return View(text=text, keys=rows, what="task", case=case.number, version=case.version)

    def _keys(self, case: Case, person: Staff) -> list[list[Key]]:
        label = self._label(person.language)

        def row(*acts: str) -> list[Key]:
            return [key(label, act, case) for act in acts]

        if case.status == "spam":
            return [row("unspam")]
        if case.status == "merged":
            return [[Key(label("merged", case.merged_into), press("open", case.merged_into))]]
        if case.status not in AT_WORK:
            first = ["reopen", "quick"] if case.status == "resolved" else ["reopen"]
            return [row(*first, "note"), row("more")]
        if person is EVERYBODY and (case.status == "assigned" or not case.operator):
            first = ["accept"] if case.operator else ["take"]
            first += ["give_back"] if case.operator and case.offered_by else []
            return [row(*first, "quick", "transfer"), row("note", "spam", "close"), row("more")]
        if case.operator and case.operator != person.login:
            return [row("quick", "note", "transfer"), row("spam", "close", "more")]
        rows = []
        if case.operator != person.login:
            rows.append(row("take", "quick", "transfer"))
        elif case.status == "assigned" and case.offered_by:
            rows += [row("accept", "give_back"), row("quick", "transfer")]
        elif case.status == "assigned":
            rows.append(row("accept", "quick", "transfer"))
        else:
            rows.append(row("quick", "transfer"))
        last = ["trust", "more"] if case.suspected else ["more"]
        return [*rows, row("note", "spam", "close"), row(*last)]

    def key(self, act: str, case: Case, person: Staff) -> Key:
        """One key by itself, of this version of the case."""
        return key(self._label(person.language), act, case)

    def _label(self, language: str) -> Callable[[str, int], str]:
        def label(name: str, count: int = 0) -> str:
            return self._texts.render("bot/staff/buttons", language, name=name, count=count)

        return label


def key(label: Callable[[str, int], str], act: str, case: Case, *, count: int = 0) -> Key:
    """A key under a card of this version."""
    return Key(label(act, count), press(act, case.number, case.version))


def carries_out(case: Case, person: Staff) -> bool:
    """The person is here for the work itself, not for the talk with the resident."""
    if not DISPATCH & set(person.roles):
        return True
    return (
        "executor" in person.roles
        and person.login in case.executors
        and person.login not in {case.operator, case.responsible}
    )


def _needs_phone(case: Case, person: Staff) -> bool:
    """They are at it: until they took it on, and when it is done, the number is not theirs to
    have."""
    at_it = case.steps.get(person.login) in {"accepted", "going", "there"}
    return case.status in AT_WORK and (at_it or case.responsible == person.login)


def _next_steps(case: Case, person: Staff) -> list[list[str]]:
    """Keys for who carries it out, by how far they are."""
    if case.status not in AT_WORK or person.login not in case.executors:
        return []
    step = case.steps.get(person.login)
    if step is None:
        return [["task_accept", "task_refuse"]]
    order: list[list[str]] = [["task_go", "task_there"], ["task_done", "task_refuse"]]
    return {
        "accepted": order,
        "going": [["task_there"], *order[1:]],
        "there": order[1:],
        "done": [],
    }[step]


def _still(headline: str, case: Case, person: Staff) -> bool:
    """What brought a card is still so."""
    if headline in {"new", "released", "transferred_group", "unstaffed", "escalated"}:
        return not case.operator and case.open
    if headline in {"assigned", "transferred"}:
        return case.operator == person.login and case.status == "assigned"
    if headline == "responsible":
        return case.responsible == person.login and case.open
    return headline == "reopened" and case.status in AT_WORK


def last_words(case: Case) -> Entry | None:
    """The resident's last message that says something: of an album only the first part may."""
    said = _said(case)
    return next((one for one in reversed(said) if one.text or one.location), None) or (
        said[-1] if said else None
    )


def last_files(case: Case, last: Entry) -> int:
    """How many files came with those words or after them."""
    return sum(len(entry.files) for entry in _said(case) if entry.seq >= last.seq)


def _said(case: Case) -> list[Entry]:
    return [
        entry
        for entry in case.thread
        if entry.kind == "message" and entry.direction == "in" and not entry.deleted
    ]
