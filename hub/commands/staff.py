"""``hub staff add`` and ``hub staff link``."""

import argparse
import asyncio
import getpass
import sys

from hub.commands.opened import opened
from hub.commands.refusals import Refused
from hub.commands.texts import say
from hub.domain.staff import SYSTEM
from hub.settings import Settings


async def add(args: argparse.Namespace, settings: Settings) -> int:
    password = await asyncio.to_thread(_password)
    async with opened(settings) as hub:
        known = (await hub.services.people.directory()).groups
        for group in args.group or []:
            if group not in known:
                raise Refused("said.no_group", group=group, known=", ".join(sorted(known)))
        person = await hub.services.people.add(
            args.login,
            args.name or args.login,
            args.role,
            SYSTEM,
            password=password,
            position=args.position,
            groups=args.group or [],
        )
    print(say("said.staff_added", login=person.login, password=bool(password)))
    return 0


async def link(args: argparse.Namespace, settings: Settings) -> int:
    async with opened(settings) as hub:
        bot = await hub.staff_bot()
        if bot is None:
            raise Refused("said.no_staff_bot")
        token = await hub.services.people.one_time_link(args.login.strip().lower(), SYSTEM)
        minutes = hub.services.deps.policy.link_minutes
    print(say("said.staff_link", minutes=minutes, link=f"https://t.me/{bot}?start={token}"))
    return 0


def _password() -> str:
    """One line of standard input; empty when there is none: such a person has the bot only."""
    if sys.stdin.isatty():
        return getpass.getpass(say("said.password_wanted"))
    return sys.stdin.readline().rstrip("\r\n")
