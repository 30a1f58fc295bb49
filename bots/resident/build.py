"""Builds the residents' conversation for wiring."""

from __future__ import annotations

from collections.abc import Mapping

from bots.resident.commands import Commanding
from bots.resident.conversation import Acknowledging, Residency
from hub.ports.texts import Texts
from hub.services.services import Services


def build_residents(services: Services, texts: Texts, channels: Mapping[str, object]) -> Residency:
    """`channels` by account: those that can answer a pressed button at once are asked to."""
    answering = {
        account: channel
        for account, channel in channels.items()
        if isinstance(channel, Acknowledging)
    }
    commanding = [channel for channel in channels.values() if isinstance(channel, Commanding)]
    return Residency(services, texts, answering, commanding)
