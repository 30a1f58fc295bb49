"""What becomes of an outbox row after an attempt, by outcome and kind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.domain.case import Case
from hub.domain.message import (
    Accepted,
    Attachment,
    Deferred,
    DeliveryState,
    Outcome,
    Rejected,
    Unsure,
)
from hub.domain.outbox import PAUSES, Row, RowKind
from hub.ports.files import StoredFile
from hub.ports.outlet import Skip
from hub.services.duerows import due
from hub.services.settling import MAX_TRIES, settle
from tests.support.cases import EMMA, NOW, blank, inbound, later, opened


def leased(case: Case, *, tries: int = 1) -> Row:
    """The last row of the outbox as somebody holds it."""
    row = case.outbox[-1]
    row.state, row.lease, row.by, row.tries = "sending", later(minutes=1), "me", tries
    return row


def answer(*, tries: int = 1) -> tuple[Case, Row]:
    case = opened()
    case.reply("Дали", [], EMMA, NOW, key="r")
    case.delivery(2, "sending", NOW)
    return case, leased(case, tries=tries)


def done(case: Case, row: Row, outcome: Outcome | Skip) -> list[tuple[str, str]]:
    lost: list[tuple[str, str]] = []
    settle(case, row, outcome, NOW, None, lost)
    return lost


def state(case: Case) -> DeliveryState:
    delivery = case.entry(2).delivery
    assert delivery is not None
    return delivery.state


@pytest.mark.parametrize(
    ("outcome", "reached"),
    [
        (Accepted(("x1", "x2")), "sent"),
        (Accepted(("x1",), "delivered"), "delivered"),
        (Rejected("blocked"), "failed"),
        (Unsure("timeout"), "uncertain"),
        (Skip(), "sending"),
    ],
)
def test_final_outcome_of_an_answer(outcome: Outcome | Skip, reached: DeliveryState) -> None:
    case, row = answer()
    done(case, row, outcome)
    assert (case.outbox, state(case)) == ([], reached)


def test_names_of_what_was_sent_are_kept() -> None:
    case, row = answer()
    done(case, row, Accepted(("x1", "x2")))
    assert case.by_external("site", "x2") is case.entry(2)


def test_person_who_is_gone_is_told_of() -> None:
    case, row = answer()
    assert done(case, row, Rejected("blocked", gone=True)) == [("external:site:anna", "blocked")]
    case, row = answer()
    assert done(case, row, Rejected("too_long")) == []


@pytest.mark.parametrize("tries", range(1, MAX_TRIES))
def test_failure_for_now_comes_back_after_growing_pauses(tries: int) -> None:
    case, row = answer(tries=tries)
    done(case, row, Deferred("down", 0))
    assert (row.state, row.lease, row.by, row.tries) == ("waiting", None, "", tries)
    assert row.due == NOW + timedelta(seconds=PAUSES[min(tries, len(PAUSES)) - 1])
    assert state(case) == "sending"


def test_provider_that_asks_for_more_patience_has_it() -> None:
    case, row = answer()
    done(case, row, Deferred("busy", 77))
    assert row.due == later(seconds=77)


def test_last_attempt_ends_in_a_persons_sight() -> None:
    case, row = answer(tries=MAX_TRIES)
    done(case, row, Deferred("down", 0))
    assert (case.outbox, state(case)) == ([], "failed")


@pytest.mark.parametrize("scope", ["chat", "account"])
def test_rate_limit_is_nobodys_failure(scope: str) -> None:
    case, row = answer(tries=MAX_TRIES)
    done(case, row, Deferred("rate", 5, scope))  # type: ignore[arg-type]
    assert (row.state, row.tries, row.due) == ("waiting", MAX_TRIES - 1, later(seconds=5))


@pytest.mark.parametrize("kind", ["notice", "card", "mark"])
def test_staff_rather_hear_twice_than_not_at_all(kind: RowKind) -> None:
    case = opened()
    case.follow(kind, "staff:emma:staff", NOW)
    row = leased(case)
    done(case, row, Unsure("timeout"))
    assert (row.state, row.repeat) == ("waiting", True)


def test_status_card_is_remembered_and_forgotten() -> None:
    case = opened()
    case.follow("status", "resident:site:anna", NOW)
    done(case, leased(case), Accepted(("card1",)))
    assert case.status_card == "card1"
    case.follow("status", "resident:site:anna", NOW)
    done(case, leased(case), Rejected("gone"))
    assert case.status_card == ""


def test_first_status_card_that_may_have_gone_out_is_not_doubled() -> None:
    case = opened()
    case.follow("status", "resident:site:anna", NOW)
    done(case, leased(case), Unsure("timeout"))
    assert case.outbox == []
    case.status_card = "card1"
    case.follow("status", "resident:site:anna", NOW)
    row = leased(case)
    done(case, row, Unsure("timeout"))
    assert (row.state, row.repeat) == ("waiting", True)


def test_row_that_somebody_else_holds_by_now_is_theirs() -> None:
    case, row = answer()
    mine = Row(id=row.id, kind="deliver", to=row.to, entry=2, due=NOW, at=NOW, by="old")
    done(case, mine, Deferred("down", 0))
    assert (row.state, row.by) == ("sending", "me")
    done(case, mine, Accepted(("x1",)))
    assert case.outbox == [row]
    assert state(case) == "sent"


def fetching() -> tuple[Case, Row]:
    case = blank()
    photo = Attachment(id="f1", name="p.jpg", ref="tg:1", state="pending")
    case.receive(inbound("фото", attachments=[photo]), NOW)
    return case, leased(case)


def test_file_that_is_stored_is_ready() -> None:
    case, row = fetching()
    stored = StoredFile(id="f1", name="p.jpg", mime="image/jpeg", size=9, case=1, by="", at=NOW)
    settle(case, row, Accepted(), NOW, stored, [])
    file = case.entry(1).files[0]
    assert (file.state, file.size, file.mime, case.outbox) == ("ready", 9, "image/jpeg", [])


def test_file_that_is_nowhere_is_said_so() -> None:
    for outcome, reason in (
        (Rejected("file_too_large"), "file_too_large"),
        (Accepted(), "file_gone"),
    ):
        case, row = fetching()
        settle(case, row, outcome, NOW, None, [])
        file = case.entry(1).files[0]
        assert (file.state, file.reason) == ("failed", reason)
    case, row = fetching()
    row.tries = MAX_TRIES
    settle(case, row, Deferred("down", 0), NOW, None, [])
    assert case.entry(1).files[0].state == "failed"


# ── what may go now ──────────────────────────────────────────────────────────────────────────


def queued(*rows: tuple[str, int]) -> Case:
    """A case whose outbox has these rows: recipient and seconds until it is due."""
    case = opened()
    for to, seconds in rows:
        case.follow("notice", to, later(seconds=seconds))
    return case


def ids(case: Case, seconds: int = 0) -> list[int]:
    return [row.id for row in due(case, later(seconds=seconds))]


def test_rows_to_one_recipient_go_in_order() -> None:
    case = queued(("a", 0), ("a", 0), ("b", 0))
    assert ids(case) == [1, 3]


def test_row_that_is_put_off_holds_its_recipients_others_back() -> None:
    case = queued(("a", 60), ("a", 0))
    assert ids(case) == []
    assert ids(case, 60) == [1]


def test_row_that_failed_for_good_holds_nobody_back() -> None:
    case = queued(("a", 0), ("a", 0))
    case.outbox[0].state = "failed"
    assert ids(case) == [2]


def test_row_of_a_process_that_died_is_taken_over_when_its_lease_ends() -> None:
    case = queued(("a", 0))
    case.outbox[0].state, case.outbox[0].lease = "sending", later(seconds=60)
    assert ids(case, 59) == []
    assert ids(case, 60) == [1]
