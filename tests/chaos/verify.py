"""Counting at the end: what was confirmed stands exactly once, in order, and nothing waits."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from typing import Any

from pymongo import AsyncMongoClient

from hub.store.bundles import QUARANTINED

TRIES = 4
"""So often, over 20 seconds, the message is looked for that a report speaks of."""
TERMINAL = {"sent", "delivered", "read", "failed", "uncertain"}


async def stands(url: str, texts: set[str], seconds: float) -> None:
    """Wait until all of these have come in: a poller that was killed is followed by another one
    after seconds, and until then what was written waits at the provider. Counting is for later."""
    deadline = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < deadline:
        found = {entry["text"] for case in await everything(url) for entry in case["whole"]}
        if texts <= found:
            return
        await asyncio.sleep(0.5)


async def quiet(url: str, seconds: float) -> int:
    """Wait until inbox, outboxes and letters have nothing left to do. Returns how many reports of
    a provider tell of what no case has: an answer whose number its killed sender took with it."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url)
    deadline = asyncio.get_running_loop().time() + seconds
    try:
        base = client.get_default_database()
        while True:
            waits, strange = 0, 0
            async for bundle in base.inbox.find({"waiting.lane": {"$gt": ""}}):
                odd = [
                    entry.get("error") == "message_missing" and entry["tries"] >= TRIES
                    for entry in bundle["waiting"]
                    if entry["lane"] != QUARANTINED
                ]
                strange += sum(odd)
                waits += len(odd) - sum(odd)
            left = {
                "inbox": waits,
                "outbox": await base.cases.count_documents({"outbox.0": {"$exists": True}}),
                "letters": await base.letters.count_documents(
                    {"state": {"$in": ["waiting", "sending"]}}
                ),
            }
            if not any(left.values()):
                return strange
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"still waiting: {left}")
            await asyncio.sleep(0.5)
    finally:
        await client.close()


async def everything(url: str) -> list[dict[str, Any]]:
    """All cases with their whole thread, pages included, oldest entry first."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url, tz_aware=True)
    try:
        base = client.get_default_database()
        cases = await base.cases.find({}).to_list()
        older: dict[int, list[dict[str, Any]]] = defaultdict(list)
        async for page in base.pages.find({}):
            older[page["number"]].append(page)
        for case in cases:
            pages = sorted(older[case["_id"]], key=lambda page: page["index"])
            kept = [page for page in pages if page["index"] < case.get("pages", 0)]
            case["whole"] = [line for page in kept for line in page.get("thread", [])] + case.get(
                "thread", []
            )
        quarantined = await base.inbox.count_documents({"waiting.lane": QUARANTINED})
        assert quarantined == 0, f"{quarantined} rows in quarantine"
        return cases
    finally:
        await client.close()


async def calls(url: str) -> list[dict[str, Any]]:
    """All calls that stand."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url, tz_aware=True)
    try:
        return await client.get_default_database().calls.find({}).to_list()
    finally:
        await client.close()


def incoming_once(cases: list[dict[str, Any]], texts: set[str]) -> None:
    """Every confirmed text stands in exactly one case exactly once; nothing else stands there."""
    found = Counter(
        entry["text"] for case in cases for entry in case["whole"] if entry.get("direction") == "in"
    )
    lost = texts - set(found)
    doubled = {text: count for text, count in found.items() if count > 1}
    assert not lost, f"lost {len(lost)}: {sorted(lost)[:5]}"
    assert not doubled, f"doubled {len(doubled)}: {sorted(doubled)[:5]}"


def in_order(cases: list[dict[str, Any]]) -> None:
    """Within a conversation: the provider's sequence, else the time it was sent."""
    for case in cases:
        by_talk: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for entry in case["whole"]:
            if entry.get("direction") == "in":
                by_talk[entry["conversation"]].append(entry)
        for name, entries in by_talk.items():
            marks = [entry.get("order") or entry["at"].timestamp() for entry in entries]
            assert marks == sorted(marks), f"{name} in case {case['_id']}: {marks}"


def one_case_each(cases: list[dict[str, Any]]) -> None:
    """No conversation has two current cases; every number stands once."""
    current = Counter(case["conversation"] for case in cases if case.get("current"))
    assert all(count == 1 for count in current.values()), current.most_common(3)


def answers(cases: list[dict[str, Any]], texts: set[str]) -> dict[str, tuple[str, str]]:
    """Every answer stands once, with a final state; returns text → (id, state)."""
    out: dict[str, tuple[str, str]] = {}
    for case in cases:
        for entry in case["whole"]:
            if entry.get("direction") != "out" or entry.get("automatic"):
                continue
            assert entry["text"] not in out, f"doubled answer {entry['text']}"
            out[entry["text"]] = (f"{case['_id']}-{entry['seq']}", entry["delivery"]["state"])
    lost = texts - set(out)
    assert not lost, f"lost answers: {sorted(lost)[:5]}"
    hanging = {text: pair for text, pair in out.items() if pair[1] not in TERMINAL}
    assert not hanging, f"answers without an end: {list(hanging.items())[:5]}"
    return out


def answered(cases: list[dict[str, Any]], account: str) -> dict[str, str]:
    """What staff answered through this account, and how each fared."""
    return {
        entry["text"]: entry["delivery"]["state"]
        for case in cases
        for entry in case["whole"]
        if entry.get("direction") == "out"
        and entry.get("account") == account
        and not entry.get("automatic")
    }


def counted(cases: list[dict[str, Any]], account: str) -> dict[str, int]:
    """How many answers through this account fared how."""
    return dict(Counter(answered(cases, account).values()))


async def put(url: str, collection: str, row: dict[str, Any]) -> None:
    """Write a document before anybody looks."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(url)
    try:
        await client.get_default_database()[collection].insert_one(row)
    finally:
        await client.close()
