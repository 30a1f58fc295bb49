"""Events of a conversation understood at the same time, by several workers: the same call, and one
entry of who is owed a call."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import Any

from hub.domain.call import call_id
from hub.ports.calls import CallbackFilter
from tests.support.callworld import ANNA, CallWorld


async def test_parallel_events_are_one_call_and_one_entry(ports: Any) -> None:
    world = CallWorld(ports)
    at = world.clock.now()
    story: list[tuple[Any, dict[str, Any]]] = [
        ("ringing", {"key": "pbx:a", "at": at}),
        ("ringing", {"key": "pbx:b", "at": at, "leg": "x", "extension": "510"}),
        ("ringing", {"key": "pbx:c", "at": at, "leg": "y", "extension": "511"}),
        ("ended", {"key": "pbx:d", "at": at + timedelta(seconds=20), "leg": "x"}),
        ("ended", {"key": "pbx:e", "at": at + timedelta(seconds=20), "leg": "y"}),
        ("summary", {"key": "pbx:f", "at": at + timedelta(seconds=20), "talk": 0}),
    ]
    told = [*story, *story]
    random.Random(7).shuffle(told)
    await asyncio.gather(*(world.hear(kind, **said) for kind, said in told))
    call = await ports.calls.get(call_id("pbx", "c1"))
    assert len(call.events) == len(story)
    assert call.facts.missed
    assert (call.facts.waiting, call.facts.talk) == (20, 0)
    entries = (await ports.callbacks.page(CallbackFilter(), None, 9)).items
    assert [entry.calls for entry in entries] == [[call.id]]
    assert len((await ports.contacts.search("", ANNA, None, 9)).items) == 1


async def test_two_missed_calls_at_once_are_one_entry(ports: Any) -> None:
    world = CallWorld(ports)
    await asyncio.gather(
        *(world.hear("ended", f"c{index}", result="cancelled") for index in range(6))
    )
    entries = (await ports.callbacks.page(CallbackFilter(), None, 9)).items
    assert len(entries) == 1
    assert len(entries[0].calls) == 6
