"""``hub doctor`` at the door of every provider: does it take our name and password?"""

import asyncio
from collections.abc import AsyncIterator, Mapping

from hub.commands.findings import Finding, ill, note, well
from hub.ports.channel import Checked, CheckFailed
from hub.settings import Settings

SECONDS = 30.0
BY_ITSELF = frozenset({"telegram"})
"""Kinds whose bots are examined with those of the staff."""


async def logins(settings: Settings, channels: Mapping[str, object]) -> AsyncIterator[Finding]:
    """One finding for each account, those of one kind after the other as they were written."""
    held = [one for one in settings.channels if one.kind not in BY_ITSELF and one.id in channels]
    asked = [(one, asyncio.create_task(_asked(one.id, one.kind, channels[one.id]))) for one in held]
    try:
        for _, answer in asked:
            yield await answer
    finally:
        for _, answer in asked:
            answer.cancel()
        await asyncio.gather(*(answer for _, answer in asked), return_exceptions=True)


async def _asked(account: str, kind: str, channel: object) -> Finding:
    if not isinstance(channel, Checked):
        return well("channel", id=account, kind=kind)
    try:
        async with asyncio.timeout(SECONDS):
            facts = await channel.check()
    except CheckFailed as error:
        return ill("channel_ill", id=account, kind=kind, why=str(error))
    except TimeoutError:
        return ill("channel_ill", id=account, kind=kind, why="api_unreachable")
    except Exception as error:
        # A channel's bug is a finding, too.
        return note("channel_unknown", id=account, kind=kind, error=type(error).__name__)
    return well("channel_fine", id=account, kind=kind, facts=facts)
