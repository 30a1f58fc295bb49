"""Fixtures of the whole suite.

`mongo_url` and `redis_url` are real stores, started when the first test asks for them; `database`
is a name of its own for every test; `store` is opened on it; `redis` is an empty Valkey.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import telling

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from hub.store.store import Store
    from tests.support.stores import Mongo, Valkey

# Where nothing is kept of what was compiled, every worker rewrites every test anew and every
# process of a hub compiles all its modules.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_shared: list[tuple[Mongo, tempfile.TemporaryDirectory[str]]] = []


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """The first that is called here, before any other conftest or test is loaded. Who only hands
    out tests to workers begins a second sooner without all that the tests use."""
    config = pluginmanager.get_plugin("pytestconfig")
    assert config is not None
    workers = getattr(config.known_args_namespace, "numprocesses", None)
    if telling.IS_WORKER or not workers:
        # Until all is collected: nearly nothing of what is loaded goes away again.
        gc.disable()
        from tests.support import ready

        ready.once()


FIRST = ("chaos", "simulation", "e2e", "peers", "browser", "load", "integration", "contract")
"""Folders whose files take minutes begin; what is over in a moment fills the gaps at the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    tests = config.rootpath / "tests"

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(tests).parts[0]
        return FIRST.index(folder) if folder in FIRST else len(FIRST)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Thousands of collected tests stay to the end: the collector need not look at them."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    return telling.briefly(item, nextitem)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Workers of xdist share one database; it belongs to the process that outlives them."""
    if _needs_no_store(node.config):
        return
    if not _shared:
        from tests.support.stores import Mongo

        folder = tempfile.TemporaryDirectory(prefix="hub-tests-", ignore_cleanup_errors=True)
        mongo = Mongo(Path(folder.name))
        mongo.start()
        _shared.append((mongo, folder))
    node.workerinput["mongo_url"] = _shared[0][0].url


def _needs_no_store(config: pytest.Config) -> bool:
    """Unit tests alone are run often; one that asks all the same starts a store of its own."""
    unit = config.rootpath / "tests" / "unit"
    named = [Path(str(arg).partition("::")[0]).absolute() for arg in config.args]
    return all(path.is_relative_to(unit) for path in named)


def pytest_unconfigure() -> None:
    for mongo, folder in _shared:
        mongo.kill()
        folder.cleanup()


@pytest.fixture(scope="session")
def mongo_url(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[str]:
    """`HUB_TEST_MONGO_URL` puts the suite on a MongoDB of yours instead."""
    given = os.environ.get("HUB_TEST_MONGO_URL") or getattr(request.config, "workerinput", {}).get(
        "mongo_url"
    )
    if given:
        yield given
        return
    from tests.support.stores import Mongo

    mongo = Mongo(tmp_path_factory.mktemp("stores"))
    mongo.start()
    yield mongo.url
    mongo.kill()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: Any) -> Iterator[Valkey]:
    """Valkey of this worker alone: what is published is not divided by database numbers."""
    from tests.support.stores import Valkey

    server = Valkey(tmp_path_factory.mktemp("stores"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def redis_url(valkey: Valkey) -> str:
    return valkey.url


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Valkey."""
    from redis.asyncio import Redis

    client = Redis.from_url(redis_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def database(mongo_url: str) -> AsyncIterator[str]:
    """The name of a database that only this test uses."""
    from pymongo import AsyncMongoClient

    name = f"test_{uuid.uuid4().hex}"
    yield name
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongo_url)
    try:
        await client.drop_database(name)
    finally:
        await client.close()


@pytest.fixture
async def store(mongo_url: str, database: str) -> AsyncIterator[Store]:
    """The real store on a database of its own."""
    from hub.store.store import Store

    opened = Store.open(mongo_url, database)
    await opened.prepare()
    yield opened
    await opened.close()
