"""First deadlines, stable ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.catalog import FirstDeadline, first_deadline
from hub.domain.message import stable_id
from tests.support.cases import NOW, later

RULES = [
    FirstDeadline(id="any", minutes=60),
    FirstDeadline(id="sms", channel="sms", minutes=50),
    FirstDeadline(id="claim", type="claim", minutes=40),
    FirstDeadline(id="both", type="claim", channel="sms", minutes=30),
]


@pytest.mark.parametrize(
    ("type_", "channel", "minutes"),
    [("request", "mail", 60), ("request", "sms", 50), ("claim", "mail", 40), ("claim", "sms", 30)],
)
def test_most_exact_rule_counts(type_: str, channel: str, minutes: int) -> None:
    for rules in (RULES, RULES[::-1]):
        assert first_deadline(rules, type_, channel, NOW) == later(minutes=minutes)


def test_no_rule_no_deadline() -> None:
    assert first_deadline(RULES[1:], "request", "mail", NOW) is None


@given(st.lists(st.text()), st.lists(st.text()))
def test_stable_id_is_the_same_for_the_same_parts_alone(one: list[str], two: list[str]) -> None:
    assert stable_id(*one) == stable_id(*one)
    if "\x1f".join(one) != "\x1f".join(two):
        assert stable_id(*one) != stable_id(*two)
    assert len(stable_id(*one)) == 32
