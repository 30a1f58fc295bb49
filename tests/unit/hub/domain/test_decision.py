"""Lines of older pages: what the case decided becomes so there once, in order."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest

from hub.domain.case import Case
from hub.domain.decision import catch_up, corrected, take_up
from hub.domain.errors import NotFound
from hub.domain.thread import Entry
from tests.support.cases import EMMA, NOW, later, opened

ANSWER = 2


def turned(state: str = "sent") -> tuple[Case, Entry]:
    """A case whose answer has moved to a page, and what that says."""
    case = opened()
    case.reply("Дали", [], EMMA, NOW, key="r")
    case.delivery(ANSWER, state, NOW, external_ids=("x",))  # type: ignore[arg-type]
    case.outbox = []
    old = case.entry(ANSWER)
    case.thread = [one for one in case.thread if one.seq != ANSWER]
    return case, old


def test_the_case_decides_and_the_page_follows_once() -> None:
    case, old = turned()
    case.revise(ANSWER, "Дадим", EMMA, later(minutes=1), old=old)
    case.revise(ANSWER, "Дадим завтра", EMMA, later(minutes=2), old=old)
    assert old.text == "Дали", "what was read is not what is written"
    assert case.line(ANSWER, old).text == "Дадим завтра"
    assert [row.kind for row in case.outbox] == ["page", "page", "revise"]
    page = deepcopy(old)
    assert catch_up(page, case.outbox)
    said = (page.text, [one.text for one in page.edits], page.row)
    assert said == ("Дадим завтра", ["Дали", "Дадим"], case.outbox[1].id)
    assert [one.at for one in page.edits] == [later(minutes=1), later(minutes=2)]
    assert not catch_up(page, case.outbox)
    assert not catch_up(page, case.outbox[:1]), "who comes late covers nothing"
    assert case.line(ANSWER, page) == page


def test_rows_about_others_change_nothing() -> None:
    case, old = turned()
    case.revise(ANSWER, "Дадим", EMMA, NOW, old=old)
    other = deepcopy(old)
    other.seq = 1
    assert not catch_up(other, case.outbox)
    assert not any(take_up(old, row) for row in case.outbox)
    with pytest.raises(NotFound):
        case.line(ANSWER, None)


@pytest.mark.parametrize(
    ("state", "row", "gone"),
    [
        ("sent", "", True),
        ("read", "", True),
        ("failed", "", False),
        ("uncertain", "", False),
        ("failed", "waiting", False),
        ("failed", "sending", True),
    ],
)
def test_new_words_follow_those_that_have_left(state: str, row: str, gone: bool) -> None:
    case, old = turned(state)
    if row:
        case.retry_paged(old, EMMA, NOW)
        case.outbox[-1].state = row  # type: ignore[assignment]
    case.revise(ANSWER, "Дадим", EMMA, NOW, old=old)
    assert ("revise" in [one.kind for one in case.outbox]) is gone
    shown = case.line(ANSWER, old).delivery
    assert shown is not None
    assert shown.edit == ("queued" if gone else "")


def test_what_is_refused_there_is_taken_back_here() -> None:
    case, old = turned()
    case.revise(ANSWER, "Дадим", EMMA, NOW + timedelta(minutes=1), old=old)
    catch_up(old, case.outbox)
    assert corrected(old, done=False, reason="message_gone")
    assert (old.text, old.edits) == ("Дали", [])
    assert old.delivery is not None
    assert (old.delivery.edit, old.delivery.reason) == ("failed", "message_gone")
    assert not corrected(old, done=True)
