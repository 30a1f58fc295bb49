"""Which change leads from which state to which."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hub.domain.case import Case
from hub.domain.errors import CaseClosed, Invalid, MergeCircle, StaleVersion, WrongState
from hub.domain.events import Reopened, StatusChanged
from hub.domain.staff import SYSTEM
from hub.domain.status import ALLOWED, AT_WORK, ENDED, STATUSES, Status
from tests.support.cases import EMMA, NOW, blank, in_state, inbound, later, opened

Act = Callable[[Case], object]

ACTS: dict[str, Act] = {
    "take": lambda case: case.take(EMMA, NOW),
    "assign": lambda case: case.assign("oleg", EMMA, NOW),
    "release": lambda case: case.release(EMMA, NOW),
    "transfer": lambda case: case.transfer("его дом", EMMA, NOW, key="t", group="south"),
    "reply": lambda case: case.reply("Дали", [], EMMA, NOW, key="r"),
    "wait": lambda case: case.wait(EMMA, NOW),
    "defer": lambda case: case.defer(later(days=2), EMMA, NOW),
    "resolve": lambda case: case.resolve("done", "", EMMA, NOW),
    "close": lambda case: case.close(EMMA, NOW),
    "reject": lambda case: case.reject("не наш дом", EMMA, NOW),
    "spam": lambda case: case.spam(EMMA, NOW),
    "unspam": lambda case: case.unspam(EMMA, NOW),
    "reopen": lambda case: case.reopen(EMMA, NOW),
    "merge": lambda case: case.merge_into(blank(number=2), EMMA, NOW),
    "unmerge": lambda case: case.unmerge(EMMA, NOW),
    "deadline": lambda case: case.set_deadline(later(days=3), EMMA, NOW),
    "responsible": lambda case: case.make_responsible("oleg", EMMA, NOW),
    "executors": lambda case: case.change_executors(["ivan"], [], EMMA, NOW),
    "type": lambda case: case.set_type("complaint", EMMA, NOW),
    "edit": lambda case: case.edit(EMMA, NOW, subject="Вода"),
    "comment": lambda case: case.comment("стояк", [], EMMA, NOW, key="c"),
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("act", ACTS)
def test_act_is_possible_exactly_where_the_table_allows_it(act: str, status: Status) -> None:
    case = in_state(status)
    before = (case.version, case.rows, case.seqs)
    if status in ALLOWED[act]:
        ACTS[act](case)
        return
    with pytest.raises(WrongState) as refusal:
        ACTS[act](case)
    assert isinstance(refusal.value, CaseClosed) == (status == "closed")
    assert refusal.value.params == {"number": 1, "action": act, "status": status}
    assert (case.version, case.rows, case.seqs, case.status) == (*before, status)


def test_every_act_of_the_table_is_tried() -> None:
    assert set(ALLOWED) - set(ACTS) <= {"retry", "rate"}


LEADS: list[tuple[str, Status, Status]] = [
    ("take", "new", "in_progress"),
    ("take", "assigned", "in_progress"),
    ("take", "waiting", "in_progress"),
    ("take", "deferred", "in_progress"),
    ("assign", "new", "assigned"),
    ("assign", "in_progress", "assigned"),
    ("release", "in_progress", "new"),
    ("release", "waiting", "new"),
    ("transfer", "in_progress", "new"),
    ("wait", "in_progress", "waiting"),
    ("defer", "in_progress", "deferred"),
    ("resolve", "in_progress", "resolved"),
    ("resolve", "new", "resolved"),
    ("close", "resolved", "closed"),
    ("close", "new", "closed"),
    ("reject", "new", "rejected"),
    ("spam", "new", "spam"),
    ("reopen", "resolved", "in_progress"),
    ("reopen", "closed", "in_progress"),
    ("reopen", "rejected", "new"),
    ("merge", "in_progress", "merged"),
    ("unmerge", "merged", "new"),
    ("responsible", "new", "assigned"),
    ("executors", "new", "assigned"),
    ("responsible", "in_progress", "in_progress"),
]


@pytest.mark.parametrize(("act", "before", "after"), LEADS)
def test_act_leads_to_its_state(act: str, before: Status, after: Status) -> None:
    case = in_state(before)
    version = case.version
    ACTS[act](case)
    assert case.status == after
    assert case.version > version
    assert case.history[-1].who.login == "emma"


def test_change_of_state_is_an_event_and_a_line_of_history() -> None:
    case = in_state("in_progress")
    assert case.wait(EMMA, NOW) == [StatusChanged(by="emma", old="in_progress", new="waiting")]
    line = case.history[-1]
    assert (line.action, line.data) == ("status", {"old": "in_progress", "new": "waiting"})


@pytest.mark.parametrize("status", STATUSES)
def test_open_is_what_has_not_ended(status: Status) -> None:
    assert in_state(status).open == (status not in ENDED)


@pytest.mark.parametrize("status", ["new", "in_progress", "resolved", "closed", "rejected"])
def test_undone_spam_leaves_the_case_where_it_was(status: Status) -> None:
    case = in_state(status)
    waits = case.asks_since
    case.spam(EMMA, NOW)
    assert not case.open
    case.unspam(EMMA, NOW)
    assert (case.status, case.asks_since, case.before) == (status, waits, None)
    assert (case.ended_at is not None) == (status in ENDED)


@pytest.mark.parametrize("status", ["new", "in_progress", "waiting", "resolved"])
def test_undone_merge_leaves_the_case_where_it_was(status: Status) -> None:
    case = in_state(status)
    case.merge_into(blank(number=2), EMMA, NOW)
    assert (case.merged_into, case.ended_at) == (2, NOW)
    case.unmerge(EMMA, NOW)
    assert (case.status, case.merged_into, case.ended_at) == (status, 0, None)


def test_merge_in_a_circle_is_refused() -> None:
    one, two = opened(), blank(number=2)
    two.merge_into(one, EMMA, NOW)
    with pytest.raises(MergeCircle):
        one.merge_into(two, EMMA, NOW)
    with pytest.raises(MergeCircle):
        one.merge_into(one, EMMA, NOW)
    assert one.status == "new"


def test_merge_moves_nothing() -> None:
    case = opened("раз", "два")
    case.merge_into(blank(number=2), EMMA, NOW)
    assert [entry.text for entry in case.thread] == ["раз", "два"]


def test_reject_needs_a_reason() -> None:
    with pytest.raises(Invalid):
        opened().reject("  ", EMMA, NOW)


def test_result_stays_readable_when_work_goes_on() -> None:
    case = in_state("resolved")
    events = case.reopen(EMMA, NOW)
    assert Reopened(by="emma") in events
    assert case.result is not None
    assert [line.data["result"] for line in case.history if line.action == "reopened"] == ["done"]
    assert case.resolved_at is None


def test_who_resolves_what_is_nobodys_has_done_it() -> None:
    case = opened()
    case.resolve("done", "", EMMA, NOW)
    assert (case.operator, case.unread, case.asks_since) == ("emma", 0, None)


def test_deferred_case_comes_back_when_its_time_has_come() -> None:
    case = in_state("deferred")
    assert case.resume(later(hours=23)) == []
    assert case.resume(later(days=1)) != []
    assert (case.status, case.deferred_until) == ("in_progress", None)
    assert case.resume(later(days=2)) == []


def test_deferring_again_moves_the_time() -> None:
    """Deferred a second time, nothing changed in state, and the new time was lost."""
    case = in_state("deferred")
    version = case.version
    assert case.defer(later(days=5), EMMA, NOW) != []
    assert (case.deferred_until, case.status) == (later(days=5), "deferred")
    assert case.version > version
    assert case.defer(later(days=5), EMMA, NOW) == []


def test_defer_to_the_past_is_refused() -> None:
    with pytest.raises(Invalid):
        opened().defer(NOW, EMMA, NOW)


@pytest.mark.parametrize("act", ["take", "wait", "resolve", "release"])
def test_time_of_deferral_is_forgotten_with_the_state(act: str) -> None:
    case = in_state("deferred")
    ACTS[act](case)
    assert case.deferred_until is None


def test_overdue_is_said_once_for_each_deadline() -> None:
    case = in_state("in_progress")
    case.set_deadline(later(hours=1), EMMA, NOW)
    assert case.expire(later(hours=1)) == []
    assert len(case.expire(later(hours=2))) == 1
    assert case.expire(later(hours=3)) == []
    case.set_deadline(later(hours=4), EMMA, later(hours=3))
    assert len(case.expire(later(hours=5))) == 1


@pytest.mark.parametrize("status", STATUSES)
def test_only_work_can_be_overdue(status: Status) -> None:
    case = in_state(status)
    case.deadline = later(hours=1)
    assert case.overdue(later(hours=2)) == (status in AT_WORK)


def test_case_knows_what_the_caller_saw() -> None:
    case = opened()
    case.at_version(None)
    case.at_version(case.version)
    with pytest.raises(StaleVersion) as stale:
        case.at_version(case.version - 1)
    assert stale.value.params["actual"] == case.version


def test_the_hub_itself_closes_without_a_name() -> None:
    case = in_state("resolved")
    case.close(SYSTEM, NOW)
    assert case.history[-1].who.login == ""


@pytest.mark.parametrize("status", ["resolved", "closed", "rejected"])
def test_message_on_an_answered_case_opens_it_again(status: Status) -> None:
    case = in_state(status)
    case.receive(inbound("снова", name="2"), NOW)
    assert case.status in AT_WORK
    assert (case.unread, case.asks_since) == (1, NOW)


@pytest.mark.parametrize("status", ["waiting", "deferred"])
def test_message_ends_the_waiting(status: Status) -> None:
    case = in_state(status)
    case.receive(inbound("вот", name="2"), NOW)
    assert (case.status, case.deferred_until) == ("in_progress", None)


def test_message_on_spam_wakes_nobody() -> None:
    case = in_state("spam")
    assert case.receive(inbound("купите", name="2"), NOW) == []
    assert (case.status, len(case.thread)) == ("spam", 2)
