"""Every question that is asked often is answered by an index, on the embedded database too.

That one takes an index only where a condition is just its prefix; a condition that looks right may
silently go through everything.
"""

from __future__ import annotations

from typing import Any

import pytest

from hub.store.store import Store
from tests.contract.store.samples import at

ASKED: list[tuple[str, dict[str, Any]]] = [
    ("inbox", {"waiting.lane": {"$in": ["a", "b"]}}),
    ("inbox", {"waiting.lane": {"$gt": ""}}),
    ("inbox", {"waiting.lane": 1}),
    ("inbox", {"newest": {"$gte": at(), "$lte": at(9)}}),
    ("plans", {"bundles": {"$in": ["a"]}}),
    ("inbox", {"_id": {"$in": ["a"]}}),
    ("cases", {"holds": {"$in": ["a", "b"]}}),
    ("cases", {"tags": "+@ann", "updated_at": {"$gte": at(), "$lte": at(9)}}),
    ("cases", {"tags": "+"}),
    ("cases", {"tags": "=resolved", "updated_at": {"$lt": at()}}),
    ("cases", {"wake_at": {"$lte": at()}}),
    ("cases", {"wake_at": {"$exists": True}}),
    ("pages", {"number": 5, "low": {"$lte": 6}}),
    ("pages", {"thread.key": {"$in": ["a"]}}),
    ("words", {"words": "=site=7"}),
    ("words", {"words": "труб", "high": {"$gt": 1}}),
    ("contacts", {"verified_keys": {"$in": ["a"]}}),
    ("contacts", {"words": {"$in": ["a"]}}),
    ("contacts", {"words": "труб", "updated_at": {"$gte": at(), "$lte": at(9)}}),
    ("contacts", {"words": ">a"}),
    ("letters", {"waits": "chat"}),
    ("letters", {"next_at": {"$lte": at()}}),
    ("shown", {"case": 1, "what": "card"}),
    ("shown", {"case": 1, "what": "card", "account": "a", "chat": 5}),
    ("held", {"login": "ann"}),
    ("shifts", {"login": "ann", "until": {"$gt": at()}}),
    ("shifts", {"until": {"$gt": at()}}),
    ("files.files", {"filename": "a"}),
    ("files.chunks", {"files_id": 1, "n": 0}),
    ("files.chunks", {"files_id": 1}),
]


@pytest.mark.parametrize(("collection", "asked"), ASKED, ids=lambda one: str(one)[:60])
async def test_an_index_answers(store: Store, collection: str, asked: dict[str, Any]) -> None:
    plan = await store.database[collection].find(asked).explain()
    assert "IXSCAN" in str(plan), plan


async def test_making_them_again_changes_nothing(store: Store) -> None:
    await store.prepare()
    held = await store.database["cases"].index_information()
    await store.prepare()
    assert await store.database["cases"].index_information() == held
