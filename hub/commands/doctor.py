"""``hub doctor``: what is wrong and how to mend it; exit 1 if anything is."""

import argparse
import os
from collections.abc import AsyncIterator
from pathlib import Path

from pymongo.errors import PyMongoError

from hub import wiring
from hub.commands import examine
from hub.commands.findings import Finding, ill, note
from hub.commands.logins import logins
from hub.commands.refusals import told
from hub.commands.texts import say
from hub.embedded import NotInstalled, StoreFailed, Urls, stores
from hub.ports.channel_build import BadAccount
from hub.settings import Settings

WAIT_ILL = 60


async def run(args: argparse.Namespace, settings: Settings) -> int:
    troubles = 0
    async for finding in _findings(settings):
        print(finding, flush=True)
        troubles += finding.grade == "ill"
    print(say("doctor.unwell", count=troubles) if troubles else say("doctor.all_well"))
    return 1 if troubles else 0


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    for finding in examine.settings_file(Path(os.environ.get("HUB_CONFIG") or "hub.toml")):
        yield finding
    for finding in examine.accounts(settings):
        yield finding
    try:
        async with stores(settings) as urls:
            async for finding in _of_stores(settings, urls):
                yield finding
    except (NotInstalled, StoreFailed, TimeoutError) as error:
        yield ill("stores_ill", why=told(error, settings))


async def _of_stores(settings: Settings, urls: Urls) -> AsyncIterator[Finding]:
    for finding in examine.space(settings, urls):
        yield finding
    async for finding in examine.valkey(urls.redis):
        yield finding
    while True:
        try:
            async with wiring.opened(settings, urls) as hub:
                async for finding in _of_hub(hub):
                    yield finding
            return
        except BadAccount as error:
            if error.key != "kind":
                yield ill("channel_bad", id=error.account, key=error.key)
            rest = tuple(one for one in settings.channels if one.id != error.account)
            if rest == settings.channels:
                return
            # The others are examined all the same, so that all is said at once.
            settings = settings.model_copy(update={"channels": rest})


async def _of_hub(hub: wiring.Hub) -> AsyncIterator[Finding]:
    for account, keys in hub.unread.items():
        for key in keys:
            yield note("channel_key", id=account, key=key)
    mongo = hub.store.database
    answered = True
    async for finding in examine.database(mongo):
        answered = answered and finding.text not in ("mongo_away", "mongo_password")
        yield finding
    if answered:
        try:
            async for finding in examine.clocks(mongo):
                yield finding
            async for finding in _of_queues(hub):
                yield finding
        except PyMongoError as error:
            yield ill("mongo_away", kind=type(error).__name__)
    async for finding in examine.telegram(hub.settings):
        yield finding
    async for finding in logins(hub.settings, hub.channels):
        yield finding


async def _of_queues(hub: wiring.Hub) -> AsyncIterator[Finding]:
    now = hub.services.deps.clock.now()
    inbox = await hub.store.inbox.stats(now)
    cases = await hub.store.cases.stats(now)
    if inbox["oldest"] > WAIT_ILL:
        yield ill("inbox_old", seconds=round(inbox["oldest"]))
    else:
        yield note("inbox", count=int(inbox["new"]))
    if inbox["quarantined"]:
        yield note("quarantine", count=int(inbox["quarantined"]))
    if cases["outbox_oldest"] > WAIT_ILL:
        yield ill("outbox_old", seconds=round(cases["outbox_oldest"]))
