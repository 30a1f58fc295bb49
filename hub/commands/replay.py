"""``hub replay``: kept input is taken again; what stands already is not doubled (its key)."""

import argparse

from hub.commands.opened import opened
from hub.commands.refusals import Refused
from hub.commands.texts import say
from hub.ports.inbox import Inbox
from hub.settings import Settings

PAGE = 200


async def run(args: argparse.Namespace, settings: Settings) -> int:
    async with opened(settings) as hub:
        deps = hub.services.deps
        ids = await _quarantined(deps.inbox) if args.quarantined else [args.id]
        lanes = []
        for row_id in ids:
            row = await deps.inbox.replay(row_id)
            if row is not None:
                lanes.append(row.lane)
        if not lanes and not args.quarantined:
            raise Refused("said.no_row", id=args.id)
        await deps.engine.take(lanes)
    print(say("said.replayed", count=len(lanes)))
    return 0


async def _quarantined(inbox: Inbox) -> list[str]:
    """All of them, before the first is replayed: pages would shift under the reader."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page = await inbox.page(account="", state="quarantined", cursor=cursor, limit=PAGE)
        ids += [row.id for row in page.items]
        cursor = page.next
        if cursor is None:
            return ids
