"""Which of the channels can do what."""

from __future__ import annotations

from collections.abc import Mapping

from hub.ports.channel import (
    CheckFailed,
    DeepLinked,
    Fetcher,
    Hook,
    Poller,
    Receiver,
    Sender,
)
from hub.ports.channel_build import Closing
from hub.ports.residentapp import AppDoor

Channels = Mapping[str, object]


def receivers(channels: Channels) -> dict[str, Receiver]:
    """Those to whom webhooks and polled updates come, by account."""
    return {account: one for account, one in channels.items() if isinstance(one, Receiver)}


def pollers(channels: Channels) -> dict[str, Poller]:
    """Those that fetch what comes in themselves."""
    return {account: one for account, one in channels.items() if isinstance(one, Poller)}


def fetchers(channels: Channels) -> dict[str, Fetcher]:
    """Those that bring files by reference."""
    return {account: one for account, one in channels.items() if isinstance(one, Fetcher)}


def senders(channels: Channels) -> dict[str, Sender]:
    """Those that send to residents."""
    return {account: one for account, one in channels.items() if isinstance(one, Sender)}


def apps(channels: Channels) -> list[AppDoor]:
    """Those whose residents come by themselves."""
    return [one for one in channels.values() if isinstance(one, AppDoor)]


def hooks(channels: Channels) -> dict[str, Hook]:
    """Those whose provider must be told where our webhook is."""
    return {account: one for account, one in channels.items() if isinstance(one, Hook)}


def closing(channels: Channels) -> list[Closing]:
    """Those that hold connections."""
    return [one for one in channels.values() if isinstance(one, Closing)]


async def deep_links(channels: Channels, payload: str) -> dict[str, str]:
    """Where a chat with residents opens, by account; those that cannot say so now are left out."""
    found: dict[str, str] = {}
    for account, one in channels.items():
        if isinstance(one, DeepLinked):
            try:
                found[account] = await one.deep_link(payload)
            except CheckFailed:
                continue
    return found
