"""What a kind makes up for trying and measuring is what it takes in."""

from __future__ import annotations

import pytest

import channels
from hub.ports.channel import RawRequest, Receiver
from hub.ports.channel_build import Account
from tests.contract.channels.samples import ACCOUNT, NOW, deps, receivers


def built(kind: str) -> Receiver:
    options = channels.trials()[kind].OPTIONS
    channel = channels.build(Account(id=ACCOUNT, kind=kind, options=options), deps())
    assert isinstance(channel, Receiver)
    return channel


def made(kind: str, number: int, who: int) -> RawRequest:
    return channels.trials()[kind].request(ACCOUNT, number, who, "Течёт кран", NOW)


REPORTS_ALONE = {"sms_ru"}
"""Kinds that hear nothing but what became of what was sent."""


def test_every_kind_that_takes_something_in_can_be_tried() -> None:
    assert set(channels.trials()) == set(receivers()) - REPORTS_ALONE


@pytest.mark.parametrize("kind", sorted(channels.trials()))
def test_it_is_proven_named_and_understood(kind: str) -> None:
    channel = built(kind)
    raws = [made(kind, number, who) for number, who in ((0, 0), (1, 0), (2, 1))]
    for raw in raws:
        channel.verify(raw)
    keys = [channel.key(raw) for raw in raws]
    assert len({key.external_id for key in keys}) == len(keys)
    assert len({key.lane for key in keys}) in {2, 3}
    assert all(channel.parse(raw) for raw in raws)
