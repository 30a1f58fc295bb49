"""What comes in: order, repeats, quotes, edits, files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.case import REOPEN_DAYS, Case
from hub.domain.case.incoming import MOST_SIGNS
from hub.domain.events import CaseOpened, FileArrived, MessageEdited, MessageReceived
from hub.domain.message import Attachment, Edit, Inbound
from hub.domain.status import Status
from hub.domain.thread import place
from tests.support.cases import EMMA, NOW, address, blank, in_state, inbound, later, opened


def texts(case: Case) -> list[str]:
    return [entry.text for entry in case.thread]


def test_first_message_opens_the_case() -> None:
    case = blank()
    assert case.receive(inbound("Нет воды", subject="Вода"), NOW) == [CaseOpened(entry=1)]
    assert (case.text, case.subject, case.unread, case.asks_since) == ("Нет воды", "Вода", 1, NOW)
    assert (case.account, case.address, case.last_external_id) == ("site", address(), "m1")


def test_next_message_joins_it() -> None:
    case = opened()
    assert case.receive(inbound("и света", name="2"), NOW) == [MessageReceived(entry=2)]
    assert (case.text, case.unread) == ("Нет воды", 2)


def test_repeat_changes_nothing() -> None:
    case = opened()
    before = (case.version, case.unread, case.rows)
    assert case.receive(inbound("другое", name="1"), NOW) == []
    assert (case.version, case.unread, case.rows) == before


def test_text_of_the_case_is_that_of_the_first_message_that_has_any() -> None:
    case = blank()
    case.receive(inbound("", name="1"), NOW)
    case.receive(inbound("Нет воды", name="2"), NOW)
    assert case.text == "Нет воды"


def test_late_message_stands_in_its_place() -> None:
    case = opened("второе")
    case.receive(inbound("первое", name="0", sent_at=later(minutes=-5)), later(minutes=1))
    assert texts(case) == ["первое", "второе"]
    assert [entry.seq for entry in case.thread] == [2, 1]


def test_answers_go_where_the_newest_message_came_from() -> None:
    case = opened()
    case.receive(
        inbound("с почты", name="2", reply_to=address("mail"), sent_at=later(minutes=1)), NOW
    )
    case.receive(inbound("старое", name="3", sent_at=later(minutes=-9)), NOW)
    assert case.address == address("mail")
    assert case.last_external_id == "m2"


def test_provider_order_outweighs_its_clock() -> None:
    case = blank()
    case.receive(inbound("второе", name="2", order=2, sent_at=NOW), NOW)
    case.receive(inbound("первое", name="1", order=1, sent_at=later(minutes=3)), NOW)
    assert texts(case) == ["первое", "второе"]


def test_what_staff_wrote_stays_where_it_is() -> None:
    case = opened("раз")
    case.comment("стояк", [], EMMA, later(minutes=1), key="c")
    case.receive(inbound("три", name="3", sent_at=later(minutes=3)), later(minutes=3))
    case.receive(inbound("два", name="2", sent_at=later(minutes=2)), later(minutes=4))
    assert texts(case) == ["раз", "стояк", "два", "три"]


def test_other_conversations_are_not_compared() -> None:
    case = opened("раз")
    other = inbound("раньше", name="9", conversation="mail:anna", sent_at=later(minutes=-9))
    case.receive(other, later(minutes=1))
    assert texts(case) == ["раз", "раньше"]


@given(st.permutations(range(6)))
def test_in_whatever_order_messages_come_they_stand_as_they_were_said(order: list[int]) -> None:
    case = blank()
    for minute in order:
        case.receive(inbound(str(minute), name=str(minute), sent_at=later(minutes=minute)), NOW)
    assert texts(case) == [str(minute) for minute in range(6)]
    assert sorted(entry.seq for entry in case.thread) == [1, 2, 3, 4, 5, 6]
    assert case.last_external_id == "m5"


@given(st.lists(st.integers(0, 3), max_size=12))
def test_messages_of_one_moment_keep_the_order_they_were_kept_in(minutes: list[int]) -> None:
    case = blank()
    said = [
        inbound(f"{minute}-{index:02}", name=str(index), sent_at=later(minutes=minute))
        for index, minute in enumerate(minutes)
    ]
    for message in said:
        case.receive(message, NOW)
    assert texts(case) == sorted(message.text for message in said)


def test_place_of_the_first_is_the_beginning() -> None:
    assert place([], inbound()) == 0


def test_quote_points_at_the_message_that_stands_here() -> None:
    case = opened("раз", "два")
    at = later(minutes=9)
    case.receive(inbound("про первое", name="3", in_reply_to="m1", sent_at=at), at)
    case.receive(inbound("про чужое", name="4", in_reply_to="elsewhere", sent_at=at), at)
    assert [entry.in_reply_to for entry in case.thread] == [0, 0, 1, 0]


def test_waiting_begins_with_the_first_unanswered_message() -> None:
    case = opened("раз", "два")
    assert case.asks_since == NOW
    case.reply("Дали", [], EMMA, later(hours=1), key="r")
    assert (case.asks_since, case.answered_at, case.unread) == (None, later(hours=1), 0)
    case.receive(inbound("нет", name="3", sent_at=later(hours=2)), later(hours=2))
    assert (case.asks_since, case.answered_at) == (later(hours=2), later(hours=1))


def test_automatic_message_marks_the_case_it_opens_and_no_other() -> None:
    case = blank()
    case.receive(inbound("Я в отпуске", automatic=True), NOW)
    assert case.automatic
    other = opened()
    other.receive(inbound("Я в отпуске", name="2", automatic=True), NOW)
    assert not other.automatic


# ── edits ────────────────────────────────────────────────────────────────────────────────────


def change(text: str = "", *, deleted: bool = False) -> Edit:
    return Edit(
        key="e",
        account="site",
        conversation="site:anna",
        external_id="m1",
        at=later(minutes=5),
        text=text,
        deleted=deleted,
    )


def test_edit_keeps_what_stood_before() -> None:
    case = opened("воды нет")
    entry = case.entry(1)
    version = case.version
    assert case.amend(entry, change("воды нет и света"), NOW) == [MessageEdited(entry=1)]
    assert (entry.text, [old.text for old in entry.edits]) == ("воды нет и света", ["воды нет"])
    assert case.version > version


def test_edit_that_says_the_same_is_none() -> None:
    case = opened("воды нет")
    assert case.amend(case.entry(1), change("воды нет"), NOW) == []
    assert case.entry(1).edits == []


def test_deleted_message_keeps_its_text_for_staff_and_stays_deleted() -> None:
    case = opened("воды нет")
    entry = case.entry(1)
    case.amend(entry, change(deleted=True), NOW)
    assert (entry.deleted, entry.edits[-1].text, entry.edits[-1].deleted) == (
        True,
        "воды нет",
        True,
    )
    assert case.amend(entry, change("поздно"), NOW) == []
    assert case.amend(entry, change(deleted=True), NOW) == []


@pytest.mark.parametrize("status", ["resolved", "closed", "rejected", "spam"])
def test_edit_never_opens_a_case(status) -> None:  # type: ignore[no-untyped-def]
    case = in_state(status)
    case.amend(case.entry(1), change("иначе"), NOW)
    assert case.status == status


# ── files ────────────────────────────────────────────────────────────────────────────────────


def with_file() -> Case:
    case = blank()
    photo = Attachment(id="f1", name="p.jpg", kind="photo", ref="tg:1", state="pending")
    ready = Attachment(id="f2", name="a.txt", size=3)
    case.receive(inbound("фото", attachments=[photo, ready]), NOW)
    return case


def test_file_that_came_by_reference_is_fetched() -> None:
    case = with_file()
    assert [(row.kind, row.to, row.data) for row in case.outbox] == [
        ("fetch", "file:f1", {"file": "f1"})
    ]


def test_file_arrives_once() -> None:
    case = with_file()
    assert case.arrived("f1", NOW, size=10, mime="image/jpeg") == [FileArrived(entry=1)]
    assert case.arrived("f1", NOW, size=10, mime="image/jpeg") == []
    assert case.arrived("nothing", NOW, size=1, mime="") == []
    file = case.entry(1).files[0]
    assert (file.state, file.size, file.mime) == ("ready", 10, "image/jpeg")


def test_file_that_cannot_be_had_says_why() -> None:
    case = with_file()
    assert case.file_lost("f1", NOW, "file_gone") == [FileArrived(entry=1)]
    file = case.entry(1).files[0]
    assert (file.state, file.reason) == ("failed", "file_gone")
    case.arrived("f1", NOW, size=10, mime="image/jpeg")
    assert (file.state, file.reason) == ("ready", "")


# ── which case takes it ──────────────────────────────────────────────────────────────────────


def test_open_case_takes_whatever_comes() -> None:
    assert in_state("waiting").takes(later(days=500))


@pytest.mark.parametrize("status", ["closed", "rejected"])
def test_ended_case_takes_what_comes_soon(status) -> None:  # type: ignore[no-untyped-def]
    case = in_state(status)
    assert case.takes(later(days=REOPEN_DAYS))
    assert not case.takes(later(days=REOPEN_DAYS, seconds=1))


def test_spam_stays_with_spam() -> None:
    assert in_state("spam").takes(later(days=500))


def test_entry_is_found_by_what_its_provider_calls_it() -> None:
    case = opened("раз")
    assert case.by_external("site", "m1") is case.entry(1)
    assert case.by_external("other", "m1") is None


def test_messages_do_not_share_lists() -> None:
    """Defaults of structs must not be one list for all."""
    first: Inbound = inbound()
    first.attachments.append(Attachment(id="x", name="x"))
    assert inbound().attachments == []


def signs(case: Case) -> list[int]:
    return [row.entry for row in case.outbox if row.kind == "react"]


def test_a_sign_for_every_message_where_the_provider_can() -> None:
    case = blank()
    case.receive(inbound("Нет воды", reactable=True), NOW)
    case.receive(inbound("и света", name="2"), NOW)
    case.receive(inbound("совсем", name="3", reactable=True), NOW)
    case.receive(inbound("автоответ", name="4", reactable=True, automatic=True), NOW)
    assert signs(case) == [1, 3]


def test_one_sign_for_an_album() -> None:
    case = blank()
    for name in "123":
        case.receive(inbound("", name=name, album="a", reactable=True), NOW)
    case.receive(inbound("", name="4", album="b", reactable=True), NOW)
    assert signs(case) == [1, 4]


def test_a_flood_gets_few_signs() -> None:
    case = blank()
    for number in range(50):
        case.receive(inbound("!", name=str(number), reactable=True), NOW)
    assert len(signs(case)) == MOST_SIGNS


def test_spam_gets_no_sign() -> None:
    case = in_state("spam")
    case.receive(inbound("ещё", name="9", reactable=True), NOW)
    assert signs(case) == []


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_a_remark_on_the_answer_reopens_nothing(status: Status) -> None:
    case = in_state(status)
    seq = case.seqs + 1
    assert case.remark(inbound("Долго", name="9"), NOW) == [MessageReceived(entry=seq)]
    assert (case.status, case.entry(seq).event, case.asks_since) == (status, "remark", None)
    assert case.remark(inbound("Долго", name="9"), NOW) == []


def test_a_remark_on_a_case_at_work_is_a_message() -> None:
    case = in_state("in_progress")
    case.remark(inbound("Долго", name="9"), NOW)
    assert case.entry(case.seqs).event == ""


def test_what_the_card_said_ends_when_the_case_is_opened_again() -> None:
    case = in_state("resolved")
    case.status_card = "100:5:7"
    case.receive(inbound("Снова", name="9"), NOW)
    assert case.status_card == ""
