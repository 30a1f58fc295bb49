"""Calls out of what exchanges tell: in any order, twice, in part."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.call import LOST, MOST, PAUSES, Call
from hub.domain.callevent import (
    CallDirection,
    CallEvent,
    CallEventKind,
    CallResult,
    Party,
    Recording,
)
from hub.domain.callfacts import CallFacts, facts_of
from tests.support.examples import examples

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RESIDENT = "+79160000001"
counter = itertools.count()


def event(kind: CallEventKind, seconds: float = 0, **said: object) -> CallEvent:
    values: dict[str, object] = {
        "key": f"acct:{next(counter)}",
        "account": "acct",
        "channel": "cti",
        "call": "c1",
        "kind": kind,
        "at": AT + timedelta(seconds=seconds),
        "direction": "in",
        "caller": Party(RESIDENT),
        **said,
    }
    return msgspec.convert(values, CallEvent, from_attributes=True)


def call_of(*events: CallEvent) -> Call:
    call = Call.of(events[0], AT)
    for one in events[1:]:
        call.hear(one, AT)
    return call


TRANSFERRED = [
    event("ringing", 0, line="+74950000001"),
    event("ringing", 1, leg="a", seq=1, extension="510", queue="Диспетчерская"),
    event("ringing", 1, leg="b", seq=1, extension="511", queue="Диспетчерская"),
    event("answered", 7, leg="a", seq=2, extension="510"),
    event("ended", 7, leg="b", seq=2, extension="511", result="cancelled"),
    event("held", 20, leg="a", seq=3, extension="510"),
    event("resumed", 25, leg="a", seq=4, extension="510"),
    event("transferred", 40, leg="a", extension="510", callee=Party(extension="512")),
    event("ringing", 40, leg="c", seq=1, extension="512"),
    event("answered", 44, leg="c", seq=2, extension="512"),
    event("ended", 44, leg="a", seq=5, extension="510"),
    event("ended", 90, leg="c", seq=3, extension="512"),
    event("recording", 91, recording=Recording(id="r1", state="making")),
    event("recording", 95, recording=Recording(id="r1", ref="r1", duration=83)),
    event("summary", 90, waiting=7, talk=83, result="answered"),
]
MISSED = [
    event("ringing", 0, line="+74950000001"),
    event("ringing", 1, leg="a", seq=1, extension="510"),
    event("ringing", 1, leg="b", seq=1, extension="511"),
    event("ended", 20, leg="a", seq=2, result="cancelled"),
    event("ended", 20, leg="b", seq=2, result="cancelled"),
    event("ended", 20, result="cancelled"),
    event("summary", 20, talk=0, waiting=20),
]
PARALLEL = [
    event("ringing", 0),
    event("answered", 3, extension="510"),
    event("ended", 60, result="answered"),
    event("recording", 61, direction=None, recording=Recording(id="r2", ref="r2")),
]
STORIES = [TRANSFERRED, MISSED, PARALLEL]


@given(data=st.data())
@examples(150)
def test_any_order_and_any_repeats_give_the_same_call(data: st.DataObject) -> None:
    story = data.draw(st.sampled_from(STORIES))
    ordered = call_of(*story)
    shuffled = data.draw(st.permutations(story))
    repeats = data.draw(st.lists(st.sampled_from(story), max_size=10))
    places = [data.draw(st.integers(0, len(shuffled))) for _ in repeats]
    for place, one in zip(places, repeats, strict=True):
        shuffled = [*shuffled[:place], one, *shuffled[place:]]
    other = call_of(*shuffled)
    assert other.facts == ordered.facts
    assert {one.key for one in other.events} == {one.key for one in ordered.events}
    assert len(other.events) == len(ordered.events)


@given(data=st.data())
@examples(150)
def test_what_was_dropped_never_makes_another_end_of_it(data: st.DataObject) -> None:
    """Events that are missing leave facts open; they never turn an answered call into a missed
    one or the other way round, and the exchange's closing account stands whatever else is gone."""
    story = data.draw(st.sampled_from(STORIES))
    whole = facts_of(story)
    left = data.draw(st.lists(st.sampled_from(story), min_size=1, unique_by=lambda one: one.key))
    facts = facts_of(left)
    assert facts.result in {None, whole.result, "cancelled" if whole.missed else whole.result}
    assert not (facts.missed and not whole.missed)
    assert not (facts.answered and not whole.answered)
    assert facts.started_at >= whole.started_at
    if any(one.kind == "summary" for one in left):
        assert (facts.result, facts.talk, facts.waiting, facts.over) == (
            whole.result,
            whole.talk,
            whole.waiting,
            True,
        )
        assert facts.missed == whole.missed
    assert set(facts.rung) <= set(whole.rung)
    assert {hand.extension for hand in facts.hands} <= {hand.extension for hand in whole.hands}
    assert {one.id for one in facts.recordings} <= {one.id for one in whole.recordings}


kinds = st.sampled_from(
    ["ringing", "answered", "held", "resumed", "transferred", "ended", "summary", "recording"]
)
results = st.sampled_from([None, "answered", "missed", "busy", "cancelled", "no_answer", "failed"])
anything = st.builds(
    lambda kind, at, leg, seq, extension, result, talk, direction, rec: event(
        kind,
        at,
        leg=leg,
        seq=seq,
        extension=extension,
        result=result,
        talk=talk,
        direction=direction,
        recording=rec,
    ),
    kinds,
    st.integers(0, 100),
    st.sampled_from(["", "a", "b"]),
    st.none() | st.integers(0, 5),
    st.sampled_from(["", "510", "511"]),
    results,
    st.none() | st.integers(0, 60),
    st.sampled_from([None, "in", "out", "inner"]),
    st.none()
    | st.builds(
        Recording,
        id=st.sampled_from(["r1", "r2"]),
        state=st.sampled_from(["making", "made", "none"]),
        ref=st.sampled_from(["", "x", "y"]),
    ),
)


@given(events=st.lists(anything, min_size=1, max_size=12), data=st.data())
@examples(300)
def test_even_nonsense_folds_alike_in_any_order(
    events: list[CallEvent], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(events))
    assert facts_of(shuffled) == facts_of(events) == facts_of([*events, *shuffled])
    facts = facts_of(events)
    assert not (facts.missed and facts.answered)
    assert not (facts.ringing and facts.over)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=CallFacts) == facts


def test_a_transferred_call_says_who_had_it_and_how_long_it_took() -> None:
    facts = facts_of(TRANSFERRED)
    assert facts.direction == "in"
    assert facts.number == RESIDENT
    assert facts.line == "+74950000001"
    assert facts.queue == "Диспетчерская"
    assert (facts.waiting, facts.talk, facts.result) == (7, 83, "answered")
    assert [hand.extension for hand in facts.hands] == ["510", "512"]
    assert facts.transferred
    assert facts.recordings == (Recording(id="r1", ref="r1", duration=83),)
    assert not facts.held


def test_a_leg_that_rang_out_is_no_missed_call() -> None:
    """The rest of the group stops ringing when one of them answers: that is told as cancelled."""
    facts = facts_of(
        [
            event("ringing", 0, leg="a", extension="510"),
            event("ringing", 0, leg="b", extension="511"),
            event("ended", 6, leg="a", result="cancelled"),
        ]
    )
    assert not facts.missed
    assert facts.result is None
    assert facts.ringing


def test_all_legs_rang_out_and_still_nothing_is_proven() -> None:
    facts = facts_of(
        [
            event("ringing", 0, leg="a", extension="510"),
            event("ended", 6, leg="a", result="missed"),
        ]
    )
    assert not facts.missed
    assert not facts.over
    assert not facts.ringing


def test_a_lower_number_never_overwrites() -> None:
    """Events come in parallel: «connected» may be read after «disconnected»."""
    late = [
        event("ended", 30, leg="a", seq=3, extension="510"),
        event("answered", 31, leg="a", seq=2, extension="510"),
        event("ringing", 32, leg="a", seq=1, extension="510"),
    ]
    assert facts_of(late).legs[0].phase == "ended"
    held = [event("held", 5, leg="a", seq=3), event("answered", 6, leg="a", seq=2)]
    assert facts_of(held).held


@pytest.mark.parametrize("kind", ["answered", "ended"])
def test_a_call_may_begin_with_its_end(kind: CallEventKind) -> None:
    call = call_of(event(kind, 5, result="answered" if kind == "ended" else None))
    assert call.facts.answered
    assert not call.facts.missed
    call.hear(event("ringing", 0, line="+74950000001"), AT)
    assert call.facts.started_at == AT
    assert call.facts.line == "+74950000001"
    assert call.facts.answered


def test_an_answer_that_comes_after_the_end_takes_the_missed_call_back() -> None:
    call = call_of(event("ringing"), event("ended", 9, result="cancelled"))
    assert call.facts.missed
    call.hear(event("answered", 4, extension="510"), AT)
    assert not call.facts.missed
    assert call.facts.result == "answered"
    assert (call.facts.waiting, call.facts.talk) == (4, 5)


@pytest.mark.parametrize(
    ("result", "missed"),
    [
        ("cancelled", True),
        ("busy", True),
        ("no_answer", True),
        ("failed", True),
        ("missed", True),
        ("rejected", False),
        ("forwarded", False),
        ("answered", False),
        (None, False),
    ],
)
def test_only_what_proves_it_makes_a_missed_call(result: CallResult | None, missed: bool) -> None:
    assert facts_of([event("ringing"), event("ended", 9, result=result)]).missed is missed


@pytest.mark.parametrize("direction", ["out", "inner", None])
def test_only_incoming_calls_are_missed(direction: CallDirection | None) -> None:
    facts = facts_of([event("ended", 9, result="no_answer", direction=direction)])
    assert not facts.missed
    assert facts.owed == ""


def test_the_closing_account_outweighs_a_machine_that_answered() -> None:
    """MANGO: talk time 0 is a missed call, though a menu was connected."""
    facts = facts_of(
        [event("ringing"), event("answered", 2, leg="ivr"), event("summary", 30, talk=0)]
    )
    assert facts.missed
    assert facts.owed == "missed"
    assert facts.answered_at is None
    assert facts.result == "missed"


def test_a_message_left_is_owed_a_call() -> None:
    facts = facts_of(
        [
            event("ringing"),
            event("voicemail", 20, recording=Recording(id="v1", ref="v1")),
            event("ended", 40, result="answered"),
        ]
    )
    assert facts.owed == "voicemail"


def test_a_request_is_owed_a_call_until_people_spoke() -> None:
    asked = event("request", 0)
    assert facts_of([asked]).owed == "request"
    assert facts_of([asked, event("answered", 9), event("ended", 20, result="answered")]).owed == ""


def test_the_other_side_of_an_outgoing_call_is_whom_it_went_to() -> None:
    facts = facts_of(
        [
            event(
                "ringing",
                direction="out",
                caller=Party(extension="510"),
                callee=Party("+79160000002"),
            )
        ]
    )
    assert facts.number == "+79160000002"
    hidden = facts_of([event("ringing", caller=Party(name="anonymous"))])
    assert hidden.number == ""


def test_an_exchange_that_never_ends_does_not_grow_a_call_without_end() -> None:
    call = call_of(event("ringing"))
    for index in range(MOST + 20):
        call.hear(event("held", index, leg="a", seq=index), AT)
    assert len(call.events) == MOST
    assert call.hear(event("summary", 9000, result="answered", talk=5), AT)
    assert call.facts.result == "answered"


def test_recordings_are_asked_for_until_they_come() -> None:
    call = call_of(event("answered"), event("recording", 9, recording=Recording(id="r", ref="x")))
    call.want_recordings(AT)
    assert call.fetch_at == AT
    call.not_fetched("r", "file_not_ready", AT, final=False)
    assert call.fetch_at == AT + timedelta(seconds=PAUSES[0])
    call.not_fetched("r", "file_not_ready", AT, final=False)
    assert call.fetch_at == AT + timedelta(seconds=PAUSES[1])
    call.fetched("r", 1000, AT)
    assert call.fetch_at is None
    assert call.recordings[0].state == "ready"
    call.not_fetched("r", "late", AT, final=True)
    assert call.recordings[0].state == "ready"


def test_a_recording_that_is_gone_is_asked_for_no_more_until_somebody_says_so() -> None:
    call = call_of(event("recording", recording=Recording(id="r", ref="x")))
    call.want_recordings(AT)
    call.not_fetched("r", "file_gone", AT, final=True)
    assert (call.recordings[0].state, call.fetch_at) == ("failed", None)
    call.want_recordings(AT)
    assert len(call.recordings) == 1
    call.again(AT)
    assert call.fetch_at == AT


def test_pauses_between_tries_grow_and_end() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    call = call_of(event("recording", recording=Recording(id="r", ref="x")))
    call.want_recordings(AT)
    for _ in range(len(PAUSES) + 1):
        assert call.recordings[0].state == "waiting"
        call.not_fetched("r", "file_not_ready", AT, final=False)
    assert call.recordings[0].state == "failed"


def test_a_call_of_which_nothing_more_is_heard_is_under_way_no_longer() -> None:
    call = call_of(event("ringing"), event("answered", 5))
    assert call.live(AT + timedelta(hours=1))
    assert not call.live(AT + LOST + timedelta(seconds=6))


def test_a_call_is_attached_once() -> None:
    call = call_of(event("ringing"))
    assert call.attach(7, AT)
    assert not call.attach(7, AT)
    assert call.cases == [7]
    assert call.detach(7, AT)
    assert not call.detach(7, AT)


def test_a_request_and_a_recording_alone_ring_nowhere() -> None:
    assert not facts_of([event("request")]).ringing
    assert not facts_of([event("recording", recording=Recording(id="r"))]).ringing
    assert facts_of([event("request"), event("ringing", 5)]).ringing
