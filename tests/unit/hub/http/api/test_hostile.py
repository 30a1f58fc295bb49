"""Whatever is sent, the answer is a decision and never a failure."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.api import Program
from tests.support.hostile import Call, calls, decided
from tests.support.world import World


@settings(
    max_examples=150,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(calls(), min_size=1, max_size=8))
async def test_no_input_is_a_failure(api: Program, world: World, several: list[Call]) -> None:
    if await world.store.cases.get(1) is None:
        await world.say("Нет воды")
        await world.say("Лифт стоит", "boris")
    for call in several:
        await decided(api, call)
