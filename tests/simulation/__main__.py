"""`python -m tests.simulation [--seed N] [--messages N] …`: a day, and its figures as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import sys
import time

from tests.simulation.counts import Figures, count
from tests.simulation.day import Day, Plan
from tests.simulation.loop import play
from tests.simulation.quiet import quiet


async def simulated(plan: Plan) -> Figures:
    """Play a day by this plan and count."""
    day = Day(plan)
    await day.play()
    return await count(day)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    for one in dataclasses.fields(Plan):
        kind = type(one.default)
        parser.add_argument(f"--{one.name}", type=kind, default=one.default)
    parser.add_argument("--log", action="store_true", help="show warnings of the hub")
    asked = vars(parser.parse_args())
    level = logging.WARNING if asked.pop("log") else logging.CRITICAL
    quiet(level)
    plan, began = Plan(**asked), time.monotonic()
    figures = play(lambda: simulated(plan))
    wall, cpu = round(time.monotonic() - began, 1), round(time.process_time(), 1)
    times = {"plan": dataclasses.asdict(plan), "wall_s": wall, "cpu_s": cpu}
    body = {**times, **dataclasses.asdict(figures)}
    sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    return 1 if figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
