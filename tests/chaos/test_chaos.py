"""Messages flow by every channel while processes and stores are killed; then all is counted.

The short form runs with every test; `make chaos` runs the long one (HUB_CHAOS=long).
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos import verify
from tests.chaos.doors import each_call_once
from tests.chaos.flow import Flow, Size, Watch
from tests.chaos.kills import Killer
from tests.chaos.stage import Stage

SHORT = Size(12, 6, 4, 6, 4, 12, 0.6, 8, 0, 0.05, 1)
LONG = Size(60, 20, 40, 20, 30, 150, 0.25, 15, 24, 0.1, 2)


@pytest.mark.chaos
@pytest.mark.timeout(1800)
async def test_nothing_is_lost_or_doubled_while_everything_is_killed(tmp_path: Path) -> None:
    size = LONG if os.environ.get("HUB_CHAOS") == "long" else SHORT
    seed = int(os.environ.get("HUB_CHAOS_SEED", "20261122"))
    rng = random.Random(seed)
    print(f"\nchaos: seed {seed}, {size}")
    reached = Watch()
    async with Stage(tmp_path, rng, size.phones, size.twins) as stage:
        reached("everything is up")
        flow = Flow(stage, rng, size, reached)
        killer = Killer(stage.fleet, stage.keeper, rng, flow.rush)
        await flow.run(killer)
        await verify.stands(stage.mongo, flow.said, 240)
        reached("all stands")
        strange = await verify.quiet(stage.mongo, 360)
        reached("nothing waits")
        cases = await verify.everything(stage.mongo)
        calls = await verify.calls(stage.mongo)
        each_call_once(calls, flow.providers.calls)
        verify.incoming_once(cases, flow.said)
        verify.in_order(cases)
        verify.one_case_each(cases)
        states = await flow.answers(cases)
        doubtful = sum(fared.get("uncertain", 0) for fared in states.values())
        assert strange <= doubtful, f"{strange} reports of nobody, {states}"
        codes = await stage.fleet.stop()
    assert stage.receiver.forged == 0
    assert set(codes.values()) == {0}, codes
    came = Counter(
        entry["account"]
        for case in cases
        for entry in case["whole"]
        if entry.get("direction") == "in"
    )
    print(f"chaos: messages {dict(sorted(came.items()))}, {len(calls)} calls")
    print(f"chaos: told again {flow.repeats}, killed {dict(killer.kills)}")
    print(f"chaos: answers {states}")
