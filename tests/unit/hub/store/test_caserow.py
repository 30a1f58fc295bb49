"""What is sent to change a document makes exactly the new one of the old one."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.case import Case, ContactRef
from hub.store.caserow import alarm_at, changes, holds, row, tags

AT = datetime(2026, 11, 21, tzinfo=UTC)
entries = st.lists(
    st.fixed_dictionaries({"seq": st.integers(1, 6), "text": st.sampled_from("абв")}), max_size=8
)
documents = st.fixed_dictionaries(
    {"_id": st.just(1), "rev": st.integers(0, 9)},
    optional={
        "thread": entries.filter(bool),
        "history": entries.filter(bool),
        "status": st.sampled_from(["closed", "waiting"]),
        "contact": st.fixed_dictionaries({"id": st.sampled_from("ab")}),
        "executors": st.lists(st.sampled_from("xyz"), min_size=1, max_size=3),
    },
)


def applied(found: dict[str, Any], update: dict[str, Any]) -> dict[str, Any]:
    """What MongoDB makes of it."""
    made = copy.deepcopy(found)
    for path, value in update["$set"].items():
        name, _, index = path.partition(".")
        if not index:
            made[name] = value
        elif int(index) < len(made[name]):
            made[name][int(index)] = value
        else:
            assert int(index) == len(made[name])
            made[name].append(value)
    for name in update.get("$unset", ()):
        del made[name]
    return made


@given(found=documents, saved=documents)
def test_a_change_makes_the_new_of_the_old(found: dict[str, Any], saved: dict[str, Any]) -> None:
    assert applied(found, changes(found, saved)) == saved


@given(found=documents, more=entries)
def test_what_is_added_is_sent_alone(found: dict[str, Any], more: list[dict[str, Any]]) -> None:
    long = {**found, "thread": [{"seq": 1, "text": "а"}] * 40}
    saved = {**long, "thread": [*long["thread"], *more]}
    update = changes(long, saved)
    assert set(update["$set"]) == {f"thread.{40 + n}" for n in range(len(more))}


def made(**fields: Any) -> Case:
    return Case(number=1, contact=ContactRef(id="c"), created_at=AT, updated_at=AT, **fields)


def test_tags_say_whose_and_where() -> None:
    assert set(tags(made(group="g", premises="кв. 7"))) == {
        "+",
        "+#",
        "=new",
        "contact:c",
        "flat:кв. 7",
    }
    held = made(status="in_progress", operator="ann", responsible="bob", executors=["ann", "eve"])
    assert set(tags(held)) == {"+", "=in_progress", "+@ann", "+@bob", "+@eve", "contact:c"}
    gone = made(status="merged", operator="ann", merged_into=5)
    assert set(tags(gone)) == {"-", "=merged", "-@ann", "contact:c", "into:5"}


def test_an_alarm_is_the_next_thing_that_time_does() -> None:
    later = datetime(2026, 12, 1, tzinfo=UTC)
    assert alarm_at(made()) is None
    assert alarm_at(made(deadline=AT)) == AT
    assert alarm_at(made(deadline=AT, overdue_at=AT)) is None
    assert alarm_at(made(status="deferred", deadline=later, deferred_until=AT)) == AT
    assert alarm_at(made(status="resolved", deadline=later)) is None
    assert alarm_at(made(status="closed", deadline=later)) is None


def test_a_case_holds_its_conversation_while_it_is_current_and_every_key() -> None:
    thread = [{"key": "m1"}, {"key": "m2"}]
    mine = {"conversation": "site:u1", "current": True, "thread": thread}
    assert holds(mine) == ["=site:u1", "m1", "m2"]
    assert holds({**mine, "current": False}) == ["m1", "m2"]
    # The index is sparse: an empty list would count as equal to every other.
    assert "holds" not in row(made(), "op")


def test_a_sweep_wakes_a_case_at_the_first_of_its_times() -> None:
    later = datetime(2026, 12, 1, tzinfo=UTC)
    assert "wake_at" not in row(made(), "op")
    assert row(made(deadline=AT, outbox_due=later), "op")["wake_at"] == AT
    assert row(made(deadline=later, outbox_due=AT), "op")["wake_at"] == AT
