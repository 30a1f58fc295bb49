"""Every test here runs over the twin and over the real store: what one promises the other keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.store.store import Store
from tests.support.memory import Memory


@pytest.fixture(params=["memory", "mongo"])
async def ports(
    request: pytest.FixtureRequest, mongo_url: str, database: str
) -> AsyncIterator[Any]:
    if request.param == "memory":
        yield Memory()
        return
    store = Store.open(mongo_url, database)
    await store.prepare()
    yield store
    await store.close()
