"""``hub seed``: made-up cases, with a bar that grows."""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic

from hub.commands.opened import opened
from hub.commands.refusals import Refused
from hub.commands.texts import say
from hub.seeding.seed import Seeder
from hub.settings import Settings

USUAL = timedelta(days=90)


async def run(args: argparse.Namespace, settings: Settings) -> int:
    if args.cases < 1:
        raise Refused("said.few_cases")
    started = monotonic()

    def progress(done: int) -> None:
        if sys.stderr.isatty() or done == args.cases:
            line = say("said.seeding", done=done, total=args.cases, seconds=monotonic() - started)
            ending = "\n" if done == args.cases else "\r"
            print(line, end=ending, file=sys.stderr, flush=True)

    async with opened(settings, prepare=True) as hub:
        now = hub.services.deps.clock.now()
        since = _day(args.since, settings) if args.since else now - USUAL
        seeder = Seeder(hub.services, Random())  # noqa: S311
        result = await seeder.seed(args.cases, min(since, now), now, progress)
    print(
        say(
            "said.seeded",
            cases=result.cases,
            contacts=result.contacts,
            seconds=monotonic() - started,
        )
    )
    return 0


def _day(value: str, settings: Settings) -> datetime:
    try:
        day = datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007
    except ValueError:
        raise Refused("said.bad_date", value=value) from None
    return day.replace(tzinfo=settings.zone).astimezone(UTC)
