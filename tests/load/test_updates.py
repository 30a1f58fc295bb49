"""What an update costs, beside a bare dispatcher: processor time, which a busy machine does not
change, and far from the bound, so that it tells of a change in the code and of nothing else."""

from __future__ import annotations

from hub.bench import updates

BOUND = 0.6


async def test_an_update_costs_little_more_than_in_a_bare_dispatcher() -> None:
    """Nearly thirty routers walked for each update once took it to 0.37."""
    figures = await updates.measure(300)
    assert figures["ratio"] > BOUND
    assert min(figures[f"ratio_{kind}"] for kind in ("words", "commands", "keys")) > BOUND
