"""``hub init``: indexes, the catalogue to begin with, upgrades of what is stored."""

import argparse

from hub.commands.opened import opened
from hub.commands.texts import say
from hub.settings import Settings


async def run(args: argparse.Namespace, settings: Settings) -> int:
    async with opened(settings, prepare=True):
        print(say("said.prepared"))
    return 0
