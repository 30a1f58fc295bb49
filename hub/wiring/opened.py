"""Making a hub over its stores."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

import channels
from bots.resident.build import build_residents
from hub.budget import RedisBudget
from hub.embedded import Urls
from hub.engine import RedisEngine
from hub.holidays import RussianHolidays
from hub.http.health import Health
from hub.http.ingress import Ingress
from hub.http.outfiles import OutFiles
from hub.lanes import RedisLanes
from hub.live import RedisLive
from hub.metrics import Metrics
from hub.passwords import Argon2Passwords
from hub.ports.channel_build import Account, ChannelDeps
from hub.ports.clock import RandomIds, SystemClock
from hub.presence import RedisPresence
from hub.services.delivery import ChannelOutlet, ResidentLetters
from hub.services.deps import Deps, Policy
from hub.services.digests import HoldOutlet
from hub.services.fetching import FetchOutlet
from hub.services.intake import Intake
from hub.services.oldentries import PageOutlet
from hub.services.postman import Postman
from hub.services.relay import Relay
from hub.services.services import Services
from hub.services.statuscard import StatusOutlet
from hub.services.timers import Timers
from hub.services.unsent import FailureOutlet
from hub.settings import Settings
from hub.starting import defaults
from hub.store.store import Store
from hub.texts import TemplateTexts
from hub.wiring import kinds
from hub.wiring.hub import Hub
from hub.wiring.options import Options
from hub.wiring.staff import staff_side

DATABASE = "hub"
"""Where the address of the store names none."""
CLOCK_SKEW = 5.0
"""Seconds by which the store's clock may be off before /health/ready turns red."""


@asynccontextmanager
async def opened(settings: Settings, urls: Urls, *, prepare: bool = False) -> AsyncIterator[Hub]:
    """Make a hub over these stores. `prepare` makes indexes, upgrades and the first catalogue."""
    async with AsyncExitStack() as stack:
        named = urlsplit(urls.mongo).path.strip("/")
        store = Store.open(urls.mongo, named or DATABASE, settings.timezone)
        stack.push_async_callback(store.close)
        redis = Redis.from_url(
            urls.redis,
            health_check_interval=15,
            socket_keepalive=True,
            socket_connect_timeout=2,
            # Once more at once for a connection that died in the pool; who asks goes on without.
            retry=Retry(NoBackoff(), 1),
        )
        stack.push_async_callback(redis.aclose)
        engine = RedisEngine(urls.redis)
        stack.push_async_callback(engine.close)
        hub = _made(settings, store, redis, engine)
        for channel in kinds.closing(hub.channels):
            stack.push_async_callback(channel.close)
        stack.push_async_callback(hub.staff.bots.close)
        if prepare:
            await store.prepare()
            await defaults.install(hub.services.deps)
        yield hub


def _made(settings: Settings, store: Store, redis: Redis, engine: RedisEngine) -> Hub:
    clock, metrics = SystemClock(), Metrics()
    texts = TemplateTexts(clock, settings.zone)
    out_files = OutFiles(store.files, clock, settings.secret(), settings.base_url)
    options = {one.id: Options(one) for one in settings.channels}
    made = _channels(settings, options, store, clock, out_files, texts, RedisPresence(redis))
    senders = kinds.senders(made)
    deps = Deps(
        clock=clock,
        ids=RandomIds(),
        inbox=store.inbox,
        lanes=RedisLanes(redis),
        cases=store.cases,
        contacts=store.contacts,
        files=store.files,
        staff=store.staff,
        catalog=store.catalog,
        letters=store.letters,
        shown=store.shown,
        leases=store.leases,
        forums=store.forums,
        houses=store.houses,
        hours=store.hours,
        holidays=RussianHolidays(),
        held=store.held,
        shifts=store.shifts,
        spam_rules=store.spam_rules,
        parts=store.parts,
        failures=store.failures,
        heads=store.heads,
        codes=store.codes,
        calls=store.calls,
        callbacks=store.callbacks,
        engine=engine,
        live=RedisLive(redis),
        budget=RedisBudget(redis),
        texts=texts,
        passwords=Argon2Passwords(),
        senders=senders,
        policy=policy_of(settings),
        exchanges=made,
        measures=metrics,
    )
    services = Services.of(deps)
    staff = staff_side(settings, services, store.dialogues)
    residents = build_residents(services, texts, made)
    receivers = {**kinds.receivers(made), **staff.receivers}
    intake = Intake(
        deps,
        services.book,
        services.contacts,
        receivers,
        staff_bots=dict.fromkeys(staff.bots.bots, staff.bots.conversation),
        residents=residents,
        calls=services.call_intake,
    )
    to_residents = ChannelOutlet(senders, store.cases, texts, deps.policy)
    card = StatusOutlet(deps, services.hours)
    fetching = FetchOutlet(kinds.fetchers(made), store.files, deps.policy)
    relay = Relay(
        deps,
        services.book,
        services.contacts,
        {
            "deliver": to_residents,
            "revise": to_residents,
            "status": card,
            "react": card,
            "notice": staff.bots.outlet,
            "hold": HoldOutlet(store.held),
            "card": staff.bots.outlet,
            "mark": staff.bots.outlet,
            "topic": staff.bots.forum,
            "topic_mark": staff.bots.forum,
            "fetch": fetching,
            "failure": FailureOutlet(deps),
            "page": PageOutlet(store.cases),
        },
    )
    postman = Postman(
        deps,
        {
            "staff": staff.bots.letters,
            "forum": staff.bots.forum_letters,
            "resident": ResidentLetters(senders),
        },
    )
    store.inbox.on_kept = engine.take
    return Hub(
        settings=settings,
        store=store,
        redis=redis,
        engine=engine,
        metrics=metrics,
        services=services,
        channels=made,
        unread={name: one.unread for name, one in options.items()},
        staff=staff,
        intake=intake,
        residents=residents,
        relay=relay,
        postman=postman,
        timers=Timers(deps, services.book),
        ingress=Ingress(receivers, store.inbox, clock, metrics.kept, services.callers, deps.texts),
        out_files=out_files,
        health=_health(store, redis, clock, metrics),
    )


def policy_of(settings: Settings) -> Policy:
    """What the services need to know of the settings."""
    return Policy(
        organisation=settings.organisation.name,
        phone=settings.organisation.phone,
        timezone=settings.timezone,
        sign_with_operator=settings.organisation.sign_with_operator_name,
        executors_see_phone=settings.organisation.executors_see_phone,
        max_file=settings.limits.max_file_bytes,
        inbox_days=settings.retention.inbox_days,
        staff_bots=tuple(one.id for one in settings.bots),
    )


def _channels(
    settings: Settings,
    options: Mapping[str, Options],
    store: Store,
    clock: SystemClock,
    out_files: OutFiles,
    texts: TemplateTexts,
    presence: RedisPresence,
) -> dict[str, object]:
    deps = ChannelDeps(
        clock=clock,
        files=store.files,
        public_url=settings.base_url,
        file_url=out_files.url,
        allow_hosts=frozenset(settings.limits.fetch_allowlist),
        max_body=settings.limits.max_body_bytes,
        max_file=settings.limits.max_file_bytes,
        secret=settings.secret(),
        texts=texts,
        marks=store.marks,
        presence=presence,
    )
    return {
        one.id: channels.build(
            Account(id=one.id, kind=one.kind, options=options[one.id]),
            deps,
        )
        for one in settings.channels
    }


def _health(store: Store, redis: Redis, clock: SystemClock, metrics: Metrics) -> Health:
    async def database() -> str | None:
        await store.server_time()
        return None

    async def valkey() -> str | None:
        await redis.echo("ready")
        return None

    async def clocks() -> str | None:
        return "clock" if abs(await store.ping()) > CLOCK_SKEW else None

    return Health({"mongo": database, "redis": valkey, "clock": clocks}, metrics.render)
