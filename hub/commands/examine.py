"""The examinations of ``hub doctor``; each yields findings and raises nothing for what is ill."""

import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import redis.asyncio as redis
from aiohttp import ClientTimeout
from pymongo.errors import OperationFailure, PyMongoError
from redis.exceptions import RedisError

from channels import discover
from hub.commands.findings import Finding, ill, note, well
from hub.embedded import Urls
from hub.settings import Settings
from hub.store.client import Mongo, server_time
from hub.store.indexes import INDEXES
from hub.store.upgrades import STEPS, stored

CLOCK_ILL, CLOCK_NOTE = 5.0, 1.0
SPACE_ILL = 500 * 1024 * 1024
REMOTE_SECONDS = 10.0
OPEN_TO_OTHERS = stat.S_IRGRP | stat.S_IROTH


def settings_file(path: Path) -> Iterator[Finding]:
    if not path.exists():
        yield note("no_file", path=path)
    elif path.stat().st_mode & OPEN_TO_OTHERS:
        yield ill("file_open", path=path)
    else:
        yield well("file", path=path)


def accounts(settings: Settings) -> Iterator[Finding]:
    kinds = discover()
    for account in settings.channels:
        if account.kind not in kinds:
            yield ill("kind", id=account.id, kind=account.kind, known=", ".join(sorted(kinds)))
    webhooks = [one.id for one in settings.channels if one.get("mode") == "webhook"]
    webhooks += [one.id for one in settings.bots if one.mode == "webhook"]
    if webhooks and not settings.base_url.startswith("https://"):
        yield ill("webhook_without_tls", ids=", ".join(webhooks), url=settings.base_url)
    for bot in settings.bots:
        if bot.mode == "webhook" and bot.secret is None:
            yield ill("bot_secret", id=bot.id)
    if not settings.channels:
        yield note("no_channels")
    if not settings.bots:
        yield note("no_bots")


def space(settings: Settings, urls: Urls) -> Iterator[Finding]:
    if not urls.embedded:
        return
    yield note("embedded", data=settings.data_dir)
    free = shutil.disk_usage(settings.data_dir).free
    if free < SPACE_ILL:
        yield ill("space", data=settings.data_dir, megabytes=free // 2**20)


async def database(mongo: Mongo) -> AsyncIterator[Finding]:
    """Whether it answers, keeps what it confirms, and has the shape of this version."""
    try:
        info = await mongo.client.server_info()
    except OperationFailure:
        yield ill("mongo_password")
        return
    except PyMongoError as error:
        yield ill("mongo_away", kind=type(error).__name__)
        return
    yield well("mongo", version=info["version"])
    hello = await mongo.client.admin.command("hello")
    if "setName" in hello:
        members = len(hello.get("hosts", []))
        yield well("replica_set", name=hello["setName"], members=members)
    else:
        yield note("standalone")
    try:
        # The client is opened with majority and journal: an answer means that both were there.
        await mongo["doctor"].replace_one({"_id": "probe"}, {"at": datetime.now(UTC)}, upsert=True)
        yield well("confirmed")
    except PyMongoError as error:
        yield ill("unconfirmed", kind=type(error).__name__)
    async for finding in shape(mongo):
        yield finding


async def shape(mongo: Mongo) -> AsyncIterator[Finding]:
    at, known = await stored(mongo), STEPS[-1].number
    if at == 0:
        yield ill("unprepared")
        return
    if at > known:
        yield ill("schema_ahead", stored=at, known=known)
    elif at < known:
        yield ill("schema_behind", stored=at, known=known)
    missing = []
    for name, wanted in INDEXES.items():
        held = await mongo[name].index_information()
        missing += [
            f"{name}.{one.document['name']}" for one in wanted if one.document["name"] not in held
        ]
    yield ill("indexes", missing=", ".join(missing)) if missing else well("shape", version=at)


async def clocks(mongo: Mongo) -> AsyncIterator[Finding]:
    before = datetime.now(UTC)
    theirs = await server_time(mongo)
    ours = before + (datetime.now(UTC) - before) / 2
    off = abs((theirs - ours).total_seconds())
    if off > CLOCK_ILL:
        yield ill("clock", seconds=round(off, 1))
    elif off > CLOCK_NOTE:
        yield note("clock_near", seconds=round(off, 1))
    else:
        yield well("clock_same", milliseconds=round(off * 1000))


async def valkey(url: str) -> AsyncIterator[Finding]:
    client: Any = redis.from_url(url)
    try:
        info = await client.info()
        yield well("redis", version=info.get("valkey_version") or info.get("redis_version"))
        policy = info.get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            yield ill("eviction", policy=policy)
    except RedisError as error:
        yield ill("redis_away", kind=type(error).__name__)
    finally:
        await client.aclose()


async def telegram(settings: Settings) -> AsyncIterator[Finding]:
    """Every account with a bot's token: does its Bot API server know it, who else polls it."""
    held = [
        (one.id, str(one.get("api", "https://api.telegram.org")), str(one.get("token", "")), mode)
        for one in settings.channels
        if one.kind == "telegram" and (mode := str(one.get("mode", "polling")))
    ]
    held += [(one.id, one.api, one.token.get_secret_value(), one.mode) for one in settings.bots]
    async with aiohttp.ClientSession(timeout=ClientTimeout(total=REMOTE_SECONDS)) as session:
        for account, api, token, mode in held:
            base = f"{api.rstrip('/')}/bot{token}"
            async with _asked(session, f"{base}/getMe") as me:
                if isinstance(me, Finding):
                    yield Finding(me.grade, me.text, {"id": account, "api": api, **me.params})
                    continue
                yield well("bot", id=account, username=me.get("username", ""))
            async with _asked(session, f"{base}/getWebhookInfo") as hook:
                if isinstance(hook, Finding):
                    continue
                if mode == "polling" and hook.get("url"):
                    yield note("bot_has_webhook", id=account)
                if mode == "webhook" and hook.get("last_error_message"):
                    yield ill("bot_webhook", id=account, said=hook["last_error_message"])


@asynccontextmanager
async def _asked(
    session: aiohttp.ClientSession, url: str
) -> AsyncIterator[dict[str, Any] | Finding]:
    """The result of a Bot API call; a finding instead of an error, since errors quote the URL."""
    try:
        async with session.get(url) as answer:
            body = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        yield ill("bot_api_away", kind=type(error).__name__)
        return
    if isinstance(body, dict) and body.get("ok") and isinstance(body.get("result"), dict):
        yield body["result"]
    else:
        yield ill("bot_token")
