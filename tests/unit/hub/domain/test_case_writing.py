"""Answers, comments, and whose the case is."""

from __future__ import annotations

import pytest

from hub.domain.case import ContactRef
from hub.domain.errors import AlreadyTaken, Invalid, NoAddress, WrongState
from hub.domain.events import (
    Assigned,
    CommentAdded,
    DetailsChanged,
    ExecutorAdded,
    ExecutorRemoved,
    Released,
    ReplyAdded,
    ResponsibleChanged,
    Taken,
    Transferred,
)
from tests.support.cases import EMMA, NOW, OLEG, address, blank, in_state, later, opened


def test_answer_waits_in_the_outbox_for_the_resident() -> None:
    case = opened()
    assert case.reply("Дали", [], EMMA, NOW, key="r") == [ReplyAdded(entry=2, by="emma")]
    entry = case.entry(2)
    assert (entry.direction, entry.author.login, entry.channel) == ("out", "emma", "test")
    assert entry.delivery is not None
    assert (entry.delivery.state, entry.delivery.to) == ("queued", address())
    assert [(row.kind, row.to, row.entry) for row in case.outbox] == [
        ("deliver", "resident:site:anna", 2)
    ]


def test_same_key_is_the_same_answer() -> None:
    case = opened()
    case.reply("Дали", [], EMMA, NOW, key="r")
    version = case.version
    assert case.reply("иначе", [], EMMA, NOW, key="r") == []
    assert (case.version, len(case.thread), len(case.outbox)) == (version, 2, 1)


def test_answer_goes_elsewhere_if_asked() -> None:
    case = opened()
    case.reply("Дали", [], EMMA, NOW, key="r", to=address("mail", "post"))
    assert case.outbox[0].to == "resident:post:mail"
    assert case.address == address()


def test_answer_without_an_address_is_refused() -> None:
    with pytest.raises(NoAddress):
        blank().reply("Дали", [], EMMA, NOW, key="r")


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_is_no_answer_and_no_comment(text: str) -> None:
    case = opened()
    with pytest.raises(Invalid):
        case.reply(text, [], EMMA, NOW, key="r")
    with pytest.raises(Invalid):
        case.comment(text, [], EMMA, NOW, key="c")
    assert len(case.thread) == 1


def test_automatic_answer_leaves_the_question_open() -> None:
    case = in_state("closed")
    case.unread, case.asks_since = 1, NOW
    case.reply("Принято", [], EMMA, NOW, key="r", automatic=True)
    assert (case.unread, case.asks_since, case.answered_at) == (1, NOW, None)


def test_comment_never_leaves() -> None:
    case = opened()
    assert case.comment("стояк", [], EMMA, NOW, key="c") == [CommentAdded(entry=2, by="emma")]
    assert case.comment("стояк", [], EMMA, NOW, key="c") == []
    assert (case.outbox, case.entry(2).delivery, case.unread) == ([], None, 1)


# ── whose it is ──────────────────────────────────────────────────────────────────────────────


def test_case_has_one_owner() -> None:
    case = opened()
    assert case.take(EMMA, NOW)[-1] == Taken(by="emma")
    assert (case.operator, case.dispatcher) == ("emma", "emma")
    assert case.take(EMMA, NOW) == []
    with pytest.raises(AlreadyTaken) as refusal:
        case.take(OLEG, NOW)
    assert refusal.value.params["operator"] == "emma"


def test_given_case_is_taken_by_who_it_was_given_to() -> None:
    case = opened()
    assert case.assign("emma", OLEG, NOW)[-1] == Assigned(by="oleg", operator="emma")
    assert case.assign("emma", OLEG, NOW) == []
    with pytest.raises(AlreadyTaken):
        case.take(OLEG, NOW)
    case.take(EMMA, NOW)
    assert case.status == "in_progress"


def test_released_case_is_nobodys() -> None:
    case = in_state("in_progress")
    assert case.release(EMMA, NOW)[-1] == Released(by="emma")
    assert (case.operator, case.status) == ("", "new")
    assert case.release(EMMA, NOW) == []


def test_first_operator_stays_the_dispatcher() -> None:
    case = in_state("in_progress")
    case.release(EMMA, NOW)
    case.take(OLEG, NOW)
    assert (case.operator, case.dispatcher) == ("oleg", "emma")


def test_transfer_carries_its_explanation() -> None:
    case = in_state("in_progress")
    events = case.transfer("его дом", EMMA, NOW, key="t", operator="oleg")
    assert events[-1] == Transferred(by="emma", entry=2, operator="oleg")
    assert (case.entry(2).kind, case.entry(2).text) == ("comment", "его дом")
    assert (case.operator, case.offered_by, case.status) == ("oleg", "emma", "assigned")
    assert case.transfer("его дом", EMMA, NOW, key="t", operator="oleg") == []


def test_transfer_to_a_group_puts_it_into_its_queue() -> None:
    case = in_state("in_progress")
    case.transfer("юг", EMMA, NOW, key="t", group="south")
    assert (case.group, case.operator, case.offered_by, case.status) == ("south", "", "", "new")


@pytest.mark.parametrize(
    ("note", "to", "field"),
    [
        ("", {"operator": "oleg"}, "note"),
        ("кому?", {}, "to"),
        ("обоим", {"operator": "oleg", "group": "south"}, "to"),
        ("себе", {"operator": "emma"}, "to"),
    ],
)
def test_transfer_that_makes_no_sense_writes_nothing(
    note: str, to: dict[str, str], field: str
) -> None:
    case = in_state("in_progress")
    version = case.version
    with pytest.raises(Invalid) as refusal:
        case.transfer(note, EMMA, NOW, key="t", **to)
    assert refusal.value.params["field"] == field
    assert (case.version, len(case.thread)) == (version, 1)


def test_transferred_case_can_be_handed_back_by_who_got_it() -> None:
    case = in_state("in_progress")
    case.transfer("его дом", EMMA, NOW, key="t", operator="oleg")
    with pytest.raises(WrongState):
        case.hand_back(EMMA, NOW, note="нет", key="b")
    case.hand_back(OLEG, NOW, note="не мой", key="b")
    assert (case.operator, case.status) == ("emma", "assigned")


def test_taken_case_cannot_be_handed_back() -> None:
    case = in_state("in_progress")
    with pytest.raises(WrongState):
        case.hand_back(EMMA, NOW, note="нет", key="b")


def test_people_of_a_new_case_make_it_assigned_and_back() -> None:
    case = opened()
    assert case.make_responsible("oleg", EMMA, NOW)[-1] == ResponsibleChanged(
        by="emma", staff="oleg"
    )
    assert case.status == "assigned"
    case.make_responsible("", EMMA, NOW)
    assert (case.responsible, case.status) == ("", "new")
    assert case.make_responsible("", EMMA, NOW) == []


def test_executors_come_and_go_each_once() -> None:
    case = opened()
    events = case.change_executors(["ivan", "ivan", "petr"], ["nobody"], EMMA, NOW)
    assert [event for event in events if isinstance(event, ExecutorAdded)] == [
        ExecutorAdded(by="emma", staff="ivan"),
        ExecutorAdded(by="emma", staff="petr"),
    ]
    assert case.change_executors(["ivan"], [], EMMA, NOW) == []
    assert ExecutorRemoved(by="emma", staff="ivan") in case.change_executors(
        [], ["ivan"], EMMA, NOW
    )
    assert case.executors == ["petr"]


# ── its details ──────────────────────────────────────────────────────────────────────────────


def test_pencil_notes_what_stood_before() -> None:
    case = opened()
    events = case.edit(EMMA, NOW, subject="Вода", premises="кв. 5", text=case.text)
    assert events == [
        DetailsChanged(by="emma", what="subject"),
        DetailsChanged(by="emma", what="premises"),
    ]
    assert [line.data for line in case.history] == [
        {"old": "", "new": "Вода"},
        {"old": "", "new": "кв. 5"},
    ]


def test_same_details_are_no_change() -> None:
    case = opened()
    case.set_deadline(later(days=1), EMMA, NOW)
    version = case.version
    assert case.set_deadline(later(days=1), EMMA, NOW) == []
    assert case.set_type("request", EMMA, NOW) == []
    assert case.edit(EMMA, NOW, subject="") == []
    assert case.shows_contact(ContactRef(id="c1", name="Анна"), NOW) == []
    assert case.version == version


def test_case_shows_the_contact_as_it_is() -> None:
    case = opened()
    ref = ContactRef(id="c1", name="Анна Ивановна", phone="+79160000000", vip=True)
    assert case.shows_contact(ref, NOW) == [DetailsChanged(what="contact")]
    assert case.contact == ref


def test_looking_reads_what_is_unread() -> None:
    case = opened()
    assert case.seen()
    assert not case.seen()
    assert case.unread == 0


def test_time_of_change_never_runs_back() -> None:
    """Clocks of machines differ; a list sorted by it must not jump."""
    case = opened()
    case.comment("раз", [], EMMA, later(hours=1), key="1")
    case.comment("два", [], EMMA, NOW, key="2")
    assert case.updated_at == later(hours=1)
