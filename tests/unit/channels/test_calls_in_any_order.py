"""Exchanges tell in parallel, twice and not at all: a call is the same whatever the order."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.call import Call
from hub.domain.callevent import CallEvent
from hub.domain.callfacts import CallFacts, facts_of
from tests.support.examples import examples
from tests.support.recordedcalls import BEGAN, CALLS, understood

EVERY = [(kind, name) for kind, calls in CALLS.items() for name in calls]

every = pytest.mark.parametrize(("kind", "name"), EVERY, ids=[f"{k}: {n}" for k, n in EVERY])


@cache
def heard(kind: str, name: str) -> list[CallEvent]:
    return understood(kind, CALLS[kind][name])


def told(events: list[CallEvent]) -> Call:
    """The call as it stands after these events, heard one by one."""
    call = Call.of(events[0], BEGAN)
    for event in events[1:]:
        call.hear(event, BEGAN)
    return call


def in_order(kind: str, name: str) -> CallFacts:
    return told(heard(kind, name)).facts


@every
@given(data=st.data())
@examples(40)
def test_permuted_and_repeated_events_are_the_same_call(
    kind: str, name: str, data: st.DataObject
) -> None:
    events = heard(kind, name)
    more = data.draw(st.lists(st.sampled_from(events), max_size=6))
    mixed = told(data.draw(st.permutations([*events, *more])))
    assert mixed.facts == in_order(kind, name)
    assert sorted(event.key for event in mixed.events) == sorted(event.key for event in events)


@every
@given(data=st.data())
@examples(40)
def test_dropped_events_never_turn_a_call_into_another(
    kind: str, name: str, data: st.DataObject
) -> None:
    events = heard(kind, name)
    left = data.draw(st.lists(st.sampled_from(events), min_size=1, unique_by=lambda one: one.key))
    part, whole = facts_of(left), in_order(kind, name)
    assert part.direction in {whole.direction, None}
    assert part.number in {whole.number, ""}
    assert part.line in {whole.line, ""}
    assert {hand.extension for hand in part.hands} <= {hand.extension for hand in whole.hands}
    if whole.answered:
        assert not part.missed
    else:
        assert part.result != "answered"
    if part.missed:
        assert whole.missed
    if any(event.kind == "summary" for event in left):
        assert (part.over, part.result, part.talk) == (True, whole.result, whole.talk)
        assert (part.direction, part.number) == (whole.direction, whole.number)
        assert part.missed is whole.missed


@every
def test_the_last_word_alone_tells_the_outcome(kind: str, name: str) -> None:
    """Everything but the closing account is lost: the process was down while people talked."""
    last = [event for event in heard(kind, name) if event.kind == "summary"]
    assert last
    alone, whole = told(last).facts, in_order(kind, name)
    assert alone.missed is whole.missed
    assert alone.answered is whole.answered
    assert (alone.number, alone.line, alone.talk) == (whole.number, whole.line, whole.talk)


@pytest.mark.parametrize(
    ("kind", "name", "result", "talk", "hands"),
    [
        ("mango", "talk through a menu", "answered", 60, ["101"]),
        ("mango", "a group rings, one takes it", "answered", 51, ["102"]),
        ("mango", "passed on after a question", "answered", 85, ["101", "102"]),
        ("mango", "missed, though its result is 1", "missed", 0, []),
        ("mango", "clicked", "answered", 38, ["101"]),
        ("mango", "clicked in vain", "busy", 0, []),
        ("megafon", "talk, passed on", "answered", 52, ["510", "511"]),
        ("megafon", "a group rings, one takes it", "answered", 33, ["511"]),
        ("megafon", "missed", "missed", 0, []),
        ("megafon", "out, nobody there", "no_answer", 0, []),
        ("zadarma", "talk", "answered", 52, ["102"]),
        ("zadarma", "missed", "missed", 0, []),
        ("zadarma", "out", "answered", 31, ["101"]),
        ("zadarma", "out, busy", "busy", 0, []),
        ("uis", "talk with two", "answered", 49, ["101", "102"]),
        ("uis", "lost", "missed", 0, []),
    ],
)
def test_what_a_call_comes_to(
    kind: str, name: str, result: str, talk: int, hands: list[str]
) -> None:
    facts = in_order(kind, name)
    assert (facts.result, facts.talk) == (result, talk)
    assert [hand.extension for hand in facts.hands] == hands
    assert facts.number == "+79161234567"
    assert facts.over
    assert facts.missed is (result == "missed")


def test_a_group_whose_other_telephones_were_cancelled_missed_nothing() -> None:
    """MegaFon says CANCELLED to all of a group when one of them answers."""
    events = [
        event
        for event in heard("megafon", "a group rings, one takes it")
        if event.kind in {"ringing", "ended"} and event.leg != "petrov"
    ]
    assert not facts_of(events).missed
    assert not facts_of(events).over


def test_the_click_that_rings_at_ones_own_desk_answers_nobody() -> None:
    half = [event for event in heard("mango", "clicked") if event.leg == "a"]
    facts = facts_of(half)
    assert facts.direction == "out"
    assert not facts.answered
    assert facts.order == "order-1"


def test_how_long_an_outgoing_call_rang_is_what_the_talk_leaves() -> None:
    assert in_order("zadarma", "out").waiting == 9
