"""What happened while a person was away, as one message with a key for each case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bots.common.callbacks import press
from bots.common.cards import carries_out
from bots.common.views import Key, View
from hub.domain.case import Case
from hub.domain.staff import Directory, Staff
from hub.domain.status import AT_WORK
from hub.ports.texts import Texts

SHOWN = 8
"""Cases with a line and a key of their own."""
IN_A_ROW = 4


def digest(
    texts: Texts,
    why: str,
    counts: Mapping[str, int],
    cases: Sequence[Case],
    person: Staff,
    directory: Directory,
    *,
    again: bool = False,
) -> View:
    """Everything is counted; named is what still is this person's business or nobody's."""
    current = [case for case in cases if _concerns(case, person)]
    shown = current[:SHOWN]
    label = [
        texts.render("bot/staff/buttons", person.language, name="number", count=case.number)
        for case in shown
    ]
    keys = [
        Key(words, press("task_open" if carries_out(case, person) else "open", case.number))
        for words, case in zip(label, shown, strict=True)
    ]
    text = texts.html(
        "bot/staff/digest",
        person.language,
        why=why,
        counts=counts,
        cases=[(case, directory.name(case.operator) if case.operator else "") for case in shown],
        more=len(current) - len(shown),
        login=person.login,
        again=again,
    )
    rows = [keys[at : at + IN_A_ROW] for at in range(0, len(keys), IN_A_ROW)]
    return View(text=text, keys=rows, what="notice")


def _concerns(case: Case, person: Staff) -> bool:
    if not case.open:
        return False
    mine = person.login in {case.operator, case.responsible, *case.executors}
    return mine or (not case.operator and case.status in AT_WORK)
