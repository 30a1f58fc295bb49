"""The embedded stores with real processes: they ask a password, end with their owner, come back."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio as redis
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from hub.embedded import Urls, stores
from hub.embedded.record import Place, Record, Run, read, write
from hub.settings import Settings

OWNER = """
import asyncio, sys
from pathlib import Path
from hub.embedded import stores
from hub.settings import Settings

async def main():
    async with stores(Settings(data_dir=Path(sys.argv[1]))):
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@asynccontextmanager
async def mongo(urls: Urls) -> AsyncIterator[AsyncMongoClient]:
    client: AsyncMongoClient = AsyncMongoClient(
        urls.mongo, w="majority", journal=True, serverSelectionTimeoutMS=60_000
    )
    try:
        yield client
    finally:
        await client.close()


async def eventually(check: Callable[[], bool], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.02)


async def write_one(urls: Urls, key: str) -> None:
    async with mongo(urls) as client, asyncio.timeout(60):
        while True:
            try:
                await client.hub.notes.update_one({"_id": key}, {"$set": {"a": 1}}, upsert=True)
            except PyMongoError:
                await asyncio.sleep(0.05)
            else:
                return


async def keys(urls: Urls) -> set[str]:
    async with mongo(urls) as client:
        return {one["_id"] async for one in client.hub.notes.find()}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "var")


def record_of(settings: Settings) -> Record:
    record = read(settings.data_dir / "stores.json")
    assert record is not None
    return record


@asynccontextmanager
async def foreign_owner(settings: Settings) -> AsyncIterator[subprocess.Popen[bytes]]:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(settings.data_dir)], stdout=subprocess.PIPE
    )
    try:
        assert owner.stdout is not None
        assert await asyncio.to_thread(owner.stdout.readline) == b"up\n"
        yield owner
    finally:
        owner.kill()
        owner.communicate()


async def test_both_stores_ask_a_password_and_listen_on_loopback(settings: Settings) -> None:
    async with stores(settings) as urls:
        record = record_of(settings)
        async with mongo(Urls(f"mongodb://127.0.0.1:{record.mongo.port}/", "")) as stranger:
            with pytest.raises(OperationFailure, match="authentication"):
                await stranger.hub.notes.find_one()
        stranger_to_valkey = redis.Redis(port=record.redis.port, retry=Retry(NoBackoff(), 0))
        with pytest.raises(redis.AuthenticationError):
            await stranger_to_valkey.ping()
        await stranger_to_valkey.aclose()

        await write_one(urls, "a")
        client = redis.from_url(urls.redis)
        assert await client.ping()
        await client.aclose()
        for port in (record.mongo.port, record.redis.port):
            listening = Path("/proc/net/tcp").read_text().splitlines()
            mine = [line for line in listening if f":{port:04X} 00000000:0000 0A" in line]
            assert mine
            assert all(" 0100007F:" in line for line in mine)
    for name in ("stores.json", "stores.lock", "valkey/valkey.conf"):
        assert stat.S_IMODE((settings.data_dir / name).stat().st_mode) == 0o600


async def test_passwords_show_in_no_repr_and_on_no_command_line(settings: Settings) -> None:
    async with stores(settings) as urls:
        record = record_of(settings)
        passwords = (record.mongo.password, record.redis.password)
        assert record.mongo.run is not None
        assert record.redis.run is not None
        seen = repr(urls) + repr(record)
        for run in (record.mongo.run, record.redis.run):
            seen += Path(f"/proc/{run.pid}/cmdline").read_text()
        assert not any(password in seen for password in passwords)


async def test_a_command_beside_a_running_hub_uses_its_stores(settings: Settings) -> None:
    async with stores(settings) as first, stores(settings) as second:
        assert first == second
        await write_one(first, "a")
        assert await keys(second) == {"a"}
    assert not record_of(settings).ready


async def test_data_and_addresses_stay_between_starts(settings: Settings) -> None:
    async with stores(settings) as first:
        await write_one(first, "a")
    async with stores(settings) as second:
        assert await keys(second) == {"a"}
    assert first == second


@pytest.mark.parametrize("store", ["mongo", "redis"])
async def test_a_killed_store_comes_back_at_its_address(settings: Settings, store: str) -> None:
    async with stores(settings) as urls:
        await write_one(urls, "before")
        run = getattr(record_of(settings), store).run
        os.kill(run.pid, signal.SIGKILL)
        await eventually(lambda: getattr(record_of(settings), store).run not in (None, run))
        await write_one(urls, "after")
        assert await keys(urls) == {"before", "after"}
        client = redis.from_url(urls.redis)
        assert await client.ping()
        await client.aclose()


async def test_no_store_outlives_a_killed_owner_and_the_next_start_is_clean(
    settings: Settings,
) -> None:
    async with foreign_owner(settings) as owner:
        async with stores(settings) as urls:
            await write_one(urls, "a")
        left = record_of(settings).leftovers()
        assert len(left) == 2
        owner.kill()
        await eventually(lambda: not any(run.alive for run in left))
    async with stores(settings) as urls:
        assert await keys(urls) == {"a"}


async def test_a_guest_takes_over_on_the_same_addresses(settings: Settings) -> None:
    """Two commands at once without a hub: the one that was first ended, and took the stores of
    the other with it."""
    async with foreign_owner(settings) as owner, stores(settings) as urls:
        await write_one(urls, "before")
        before = record_of(settings)
        owner.kill()
        await eventually(lambda: (now := record_of(settings)).ready and now.mongo != before.mongo)
        assert record_of(settings).mongo_url == urls.mongo
        await write_one(urls, "after")
        assert await keys(urls) == {"before", "after"}


async def test_a_leftover_is_ended_but_not_a_stranger_with_its_number(settings: Settings) -> None:
    leftover, stranger = (subprocess.Popen(["/bin/sleep", "60"]) for _ in range(2))
    try:
        ours, theirs = Run.of(leftover.pid), Run.of(stranger.pid)
        assert ours is not None
        assert theirs is not None
        settings.data_dir.mkdir()
        write(
            settings.data_dir / "stores.json",
            Record(True, Place(20001, "a", ours), Place(20002, "b", Run(theirs.pid, "earlier"))),
        )
        async with stores(settings):
            assert leftover.poll() == -signal.SIGKILL
            assert stranger.poll() is None
    finally:
        for process in (leftover, stranger):
            process.kill()
            process.wait()


async def test_a_broken_append_only_file_does_not_keep_the_hub_down(settings: Settings) -> None:
    async with stores(settings) as urls:
        client = redis.from_url(urls.redis)
        await client.set("a", "b")
        await client.aclose()
    manifest = next((settings.data_dir / "valkey" / "appendonlydir").glob("*.manifest"))
    manifest.write_text("not a manifest\n")
    async with stores(settings) as urls:
        client = redis.from_url(urls.redis)
        assert await client.get("a") is None
        await client.aclose()


async def test_only_the_store_without_an_address_is_embedded(settings: Settings) -> None:
    given = "redis://:secret@127.0.0.1:1/0"
    partly = Settings(data_dir=settings.data_dir, redis_url=given)  # type: ignore[arg-type]
    async with stores(partly) as urls:
        assert urls.redis == given
        assert urls.embedded == {"mongo"}
        await write_one(urls, "a")
        raw = json.loads((settings.data_dir / "stores.json").read_text())
        assert raw["redis"]["run"] is None
