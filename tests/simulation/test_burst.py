"""An hour of silence, then everybody at once."""

from __future__ import annotations

from tests.simulation.burst import burst
from tests.simulation.loop import play

UPDATES = 1000
"""`make burst` plays ten thousand."""


def test_a_burst_is_taken_in_order_and_nothing_is_said_twice() -> None:
    found = play(lambda: burst(UPDATES))
    assert found.updates == UPDATES
    assert found.cases > UPDATES // 10
    assert found.wrong == {}
