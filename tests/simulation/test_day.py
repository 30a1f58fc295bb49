"""A short day of the house, faults and kills included: what must hold on any day."""

from __future__ import annotations

import pytest

from tests.simulation.__main__ import simulated
from tests.simulation.ages import GROUP_LIMIT
from tests.simulation.counts import Figures
from tests.simulation.day import Plan
from tests.simulation.loop import play

FRESH = 5000
"""Milliseconds."""
SHORT = Plan(seed=5, residents=40, messages=160, hours=1.2)


@pytest.fixture(scope="module")
def day() -> Figures:
    return play(lambda: simulated(SHORT))


def test_nothing_is_lost_doubled_or_left_over(day: Figures) -> None:
    """What residents wrote stands in the cases once and in order and was seen; answers came once
    or say what became of them; nothing was said twice without a mark; nothing waits."""
    assert day.said == SHORT.messages
    assert day.wrong == {}


def test_there_was_something_to_go_wrong(day: Figures) -> None:
    assert day.restarts == SHORT.restarts
    assert day.faulty > day.calls * SHORT.faults / 3
    assert day.said_again_marked > 0
    assert day.answers > 50


def test_cards_are_fresh(day: Figures) -> None:
    assert day.private_ms["p95"] < FRESH
    assert day.group_unforced_ms["max"] < FRESH
    assert 0 < day.busiest_group <= GROUP_LIMIT


def test_the_same_seed_is_the_same_day() -> None:
    plan = Plan(seed=3, residents=6, messages=12, operators=2, executors=1, groups=1, hours=0.2)
    first, second = (play(lambda: simulated(plan)) for _ in range(2))
    assert first == second
