"""``hub token add``: a key for a program, shown this once."""

import argparse

from hub.commands.opened import opened
from hub.commands.texts import say
from hub.domain.staff import SYSTEM
from hub.settings import Settings


async def add(args: argparse.Namespace, settings: Settings) -> int:
    async with opened(settings) as hub:
        token = await hub.services.people.add_token(args.name, args.scope, SYSTEM)
    print(say("said.token_added", token=token))
    return 0
