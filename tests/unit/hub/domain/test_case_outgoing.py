"""The outbox of a case, deliveries, retries."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.case import Case
from hub.domain.errors import NotFound, WrongState
from hub.domain.events import DeliveryChanged
from hub.domain.message import DeliveryState
from hub.domain.outbox import COALESCED, PAUSES, Row, RowKind
from hub.domain.thread import ADVANCE
from tests.support.cases import EMMA, NOW, address, in_state, later, opened

KINDS: list[RowKind] = ["deliver", "status", "notice", "card", "mark", "fetch"]
STATES = list(ADVANCE)


def answered() -> Case:
    case = opened()
    case.reply("Дали", [], EMMA, NOW, key="r")
    return case


def state(case: Case) -> DeliveryState:
    delivery = case.entry(2).delivery
    assert delivery is not None
    return delivery.state


@pytest.mark.parametrize("kind", KINDS)
def test_rows_that_would_say_the_same_are_one(kind: RowKind) -> None:
    case = opened()
    for _ in range(3):
        case.follow(kind, "staff:emma:staff", NOW)
    assert len(case.outbox) == (1 if kind in COALESCED else 3)


@pytest.mark.parametrize("kind", sorted(COALESCED))
def test_row_that_is_being_sent_may_be_too_late_for_news(kind: RowKind) -> None:
    case = opened()
    case.follow(kind, "staff:emma:staff", NOW)
    case.outbox[0].state = "sending"
    case.follow(kind, "staff:emma:staff", NOW)
    assert len(case.outbox) == 2


@pytest.mark.parametrize("kind", sorted(COALESCED))
def test_other_recipients_and_entries_are_other_rows(kind: RowKind) -> None:
    case = opened()
    case.follow(kind, "staff:emma:staff", NOW)
    case.follow(kind, "staff:oleg:staff", NOW)
    case.follow(kind, "staff:oleg:staff", NOW, entry=1)
    assert [row.id for row in case.outbox] == [1, 2, 3]


def test_numbers_of_rows_are_never_used_again() -> None:
    case = opened()
    case.follow("notice", "a", NOW)
    case.outbox = []
    case.follow("notice", "a", NOW)
    assert case.outbox[0].id == 2


def test_outbox_says_when_it_wants_to_be_looked_at() -> None:
    case = opened()
    assert case.outbox_due is None
    case.follow("notice", "a", later(minutes=5))
    case.follow("notice", "b", later(minutes=3))
    assert case.outbox_due == later(minutes=3)
    case.outbox[1].state, case.outbox[1].lease = "sending", later(minutes=4)
    case.reckon()
    assert case.outbox_due == later(minutes=4)
    case.outbox[1].state = "failed"
    case.reckon()
    assert case.outbox_due == later(minutes=5)
    case.outbox = []
    case.reckon()
    assert case.outbox_due is None


def test_pauses_grow_and_stay() -> None:
    row = Row(id=1, kind="notice", to="a", due=NOW, at=NOW)
    waits = []
    for tries in range(1, 10):
        row.tries = tries
        waits.append((row.pause(NOW) - NOW) / timedelta(seconds=1))
    assert waits == [*PAUSES, PAUSES[-1], PAUSES[-1], PAUSES[-1]]
    assert all(one <= two for one, two in pairwise(waits))


def test_row_that_was_never_tried_waits_the_shortest() -> None:
    """With no tries counted the last pause was taken, a quarter of an hour."""
    row = Row(id=1, kind="notice", to="a", due=NOW, at=NOW, tries=0)
    assert row.pause(NOW) == later(seconds=PAUSES[0])


@pytest.mark.parametrize(("first", "second"), list(product(STATES, STATES)))
def test_states_of_a_delivery_only_advance(first: DeliveryState, second: DeliveryState) -> None:
    case = answered()
    case.delivery(2, first, NOW)
    reached = state(case)
    events = case.delivery(2, second, NOW)
    advances = ADVANCE[second] > ADVANCE[reached]
    assert state(case) == (second if advances else reached)
    assert events == ([DeliveryChanged(entry=2, state=second, was=reached)] if advances else [])


@given(st.lists(st.sampled_from(STATES), max_size=8))
def test_whatever_is_reported_the_farthest_state_stands(reports: list[DeliveryState]) -> None:
    case = answered()
    for report in reports:
        case.delivery(2, report, NOW)
    assert state(case) == max([*reports, "queued"], key=lambda one: ADVANCE[one])


def test_failure_draws_the_buttons_anew_and_success_does_not() -> None:
    case = answered()
    version = case.version
    case.delivery(2, "sending", NOW)
    case.delivery(2, "sent", NOW)
    assert case.version == version
    other = answered()
    other.delivery(2, "failed", NOW, reason="blocked", detail="403")
    assert other.version == version + 1
    delivery = other.entry(2).delivery
    assert delivery is not None
    assert (delivery.reason, delivery.detail) == ("blocked", "403")


def test_every_try_counts() -> None:
    """Put off and tried again, the message stood at one attempt."""
    case = answered()
    for _ in range(3):
        case.delivery(2, "sending", NOW)
    delivery = case.entry(2).delivery
    assert delivery is not None
    assert delivery.attempts == 3


def test_names_that_the_provider_gave_are_kept_each_once() -> None:
    case = answered()
    case.delivery(2, "sent", NOW, external_ids=("a", "b"))
    case.delivery(2, "delivered", NOW, external_ids=("b", "c"))
    assert case.entry(2).external_ids == ["a", "b", "c"]


def test_delivery_of_what_was_not_sent_changes_nothing() -> None:
    case = opened()
    assert case.delivery(1, "sent", NOW) == []
    with pytest.raises(NotFound):
        case.delivery(9, "sent", NOW)


@pytest.mark.parametrize("reached", ["failed", "uncertain"])
def test_what_did_not_arrive_is_sent_again(reached: DeliveryState) -> None:
    case = answered()
    case.delivery(2, reached, NOW, reason="timeout")
    case.outbox = []
    assert case.retry(2, EMMA, NOW) == [
        DeliveryChanged(entry=2, state="queued", was=reached, by="emma")
    ]
    assert [(row.kind, row.entry) for row in case.outbox] == [("deliver", 2)]
    assert case.history[-1].action == "retried"
    delivery = case.entry(2).delivery
    assert delivery is not None
    assert (delivery.state, delivery.reason) == ("queued", "")


def test_retry_to_another_address_goes_there() -> None:
    case = answered()
    case.delivery(2, "failed", NOW)
    case.retry(2, EMMA, NOW, to=address("mail", "post"))
    entry = case.entry(2)
    assert (entry.account, entry.conversation) == ("post", "post:mail")
    assert case.outbox[-1].to == "resident:post:mail"


@pytest.mark.parametrize("reached", ["queued", "sending", "sent", "delivered", "read"])
def test_what_is_on_its_way_is_not_sent_twice(reached: DeliveryState) -> None:
    case = answered()
    case.delivery(2, reached, NOW)
    with pytest.raises(WrongState):
        case.retry(2, EMMA, NOW)


def test_incoming_message_cannot_be_sent_again() -> None:
    with pytest.raises(WrongState):
        opened().retry(1, EMMA, NOW)


def test_merged_case_sends_nothing_again() -> None:
    case = in_state("merged")
    with pytest.raises(WrongState):
        case.retry(1, EMMA, NOW)
