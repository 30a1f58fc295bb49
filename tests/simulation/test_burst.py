"""An hour of silence, then everybody at once."""

from __future__ import annotations

import pytest

from tests.simulation.burst import burst
from tests.simulation.loop import play

UPDATES = 400
"""`make burst` plays ten thousand."""


@pytest.mark.parametrize("webhook", [False, True], ids=["polled", "posted"])
def test_a_burst_is_taken_in_order_and_nothing_is_said_twice(webhook: bool) -> None:
    """Each of them once and in the order of its chat; what the bot says of it once. Posted, it
    meets a store that is away at times, answers that get lost, and comes twice at once and late."""
    found = play(lambda: burst(UPDATES, webhook=webhook))
    assert found.taken == found.updates == UPDATES
    assert found.cases > UPDATES // 10
    assert found.wrong == {}
    if webhook:
        assert found.posts["503"] > UPDATES // 20
        assert found.posts["unheard"] > UPDATES // 20
        assert found.posts["200"] > UPDATES
