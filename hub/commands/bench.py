"""``hub bench intake|notify|desk|updates``: a table for people, one JSON object for comparing."""

import argparse
import json
from typing import Any

import channels
from hub.bench.figures import machine
from hub.commands.parser import product_version
from hub.commands.refusals import Refused
from hub.commands.texts import say
from hub.settings import Settings


async def run(args: argparse.Namespace, settings: Settings) -> int:
    figures = await _measured(args)
    figures |= {"machine": machine(), "version": product_version()}
    print(
        json.dumps(figures, ensure_ascii=False)
        if args.json
        else say("bench.table", **_shown(figures))
    )
    return 0


async def _measured(args: argparse.Namespace) -> dict[str, Any]:
    if args.name == "intake" and args.channel:
        from hub.bench import doors

        known = channels.trials()
        if args.channel not in known:
            raise Refused("said.no_trial", kind=args.channel, known=", ".join(sorted(known)))
        return await doors.measure(args.channel, args.messages or doors.MESSAGES)
    if args.name == "intake":
        from hub.bench import intake

        return await intake.measure(args.messages or intake.MESSAGES)
    if args.name == "notify":
        from hub.bench import notify

        return await notify.measure(args.messages or notify.MESSAGES)
    if args.name == "updates":
        from hub.bench import stored, updates

        handled = await updates.measure(args.messages or updates.UPDATES)
        return handled | await stored.measure()
    from hub.bench import desk

    return await desk.measure(args.cases or desk.SIZES)


def _shown(figures: dict[str, Any]) -> dict[str, Any]:
    """Rows of the table: a name and a value, pages of the desk one by one."""
    rows: list[tuple[str, Any]] = []
    for name, value in figures.items():
        if name != "sizes":
            rows.append((name, value))
            continue
        for size in value:
            rows += [
                (f"{size['cases']} {page}", " ".join(f"{k}={v}" for k, v in found.items()))
                for page, found in size["pages"].items()
            ]
    return {"rows": rows, "width": max(len(name) for name, _ in rows)}
