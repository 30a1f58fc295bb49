"""The only place that names concrete classes: a hub made of its parts, for any set of roles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from redis.asyncio import Redis

import channels
from admin_web import auth
from admin_web.app import build as build_pages
from admin_web.live import Fanout
from admin_web.pages import Account as PageAccount
from admin_web.pages import Pages
from bots.build import StaffBots, build_residents, build_staff
from hub.budget import RedisBudget
from hub.embedded import Urls
from hub.engine import RedisEngine
from hub.http import api, server
from hub.http.health import Health
from hub.http.ingress import Ingress
from hub.http.outfiles import OutFiles
from hub.http.wakes import Wakes
from hub.live import RedisLive
from hub.metrics import Metrics
from hub.passwords import Argon2Passwords
from hub.ports.channel import CheckFailed, Fetcher, Hook, Poller, Receiver, Sender
from hub.ports.channel_build import Account, ChannelDeps, Closing
from hub.ports.clock import RandomIds, SystemClock
from hub.roles import scheduler
from hub.roles.pollers import Pollers
from hub.services.delivery import ChannelOutlet, ResidentLetters
from hub.services.deps import Deps, Policy
from hub.services.fetching import FetchOutlet
from hub.services.intake import Intake
from hub.services.postman import Postman
from hub.services.relay import Relay
from hub.services.services import Services
from hub.services.timers import Timers
from hub.settings import Settings
from hub.starting import defaults
from hub.store.store import Store
from hub.texts import TemplateTexts

log = structlog.get_logger(__name__)

DATABASE = "hub"
CLOCK_SKEW = 5.0
"""Seconds by which the store's clock may be off before /health/ready turns red."""

T = TypeVar("T")
Part = Callable[[asyncio.Event], object]


@dataclass(frozen=True)
class Hub:
    """Everything of one process, made and not yet running."""

    settings: Settings
    store: Store
    redis: Redis
    engine: RedisEngine
    metrics: Metrics
    services: Services
    channels: Mapping[str, object]
    staff: StaffBots
    intake: Intake
    relay: Relay
    postman: Postman
    timers: Timers
    ingress: Ingress
    wakes: Wakes
    out_files: OutFiles
    health: Health

    async def staff_bot(self) -> str | None:
        """The user name of the first staff bot; None where there is none or it cannot be asked."""
        for account in self.staff.bots:
            return await self.staff.username(account)
        return None

    # ── roles ────────────────────────────────────────────────────────────────────────────────

    async def web(self, stop: asyncio.Event) -> None:
        """Pages, API, webhooks, health."""
        waking = asyncio.ensure_future(self.wakes.run())
        try:
            async with server.serving(self._application(), self.settings.host, self.settings.port):
                await self._connect()
                await stop.wait()
                self.health.stopping = True
        finally:
            waking.cancel()
            await asyncio.gather(waking, return_exceptions=True)

    async def bots(self, stop: asyncio.Event) -> None:
        """Pollers, one per account wherever it runs."""
        deps = self.services.deps
        pollers = {**of_kind(self.channels, Poller), **self.staff.pollers}
        waking = asyncio.ensure_future(self.wakes.run())
        try:
            await Pollers(pollers, self.ingress.accept, deps.leases, deps.clock, deps.ids).run(stop)
        finally:
            waking.cancel()
            await asyncio.gather(waking, return_exceptions=True)

    async def worker(self, stop: asyncio.Event) -> None:
        """Understands what was kept, sends what is due."""
        self.engine.register(take=self.intake.take, drain=self.relay.drain, post=self.postman.post)
        await self.engine.start_worker()
        try:
            await stop.wait()
        finally:
            await self.engine.stop()

    async def scheduler(self, stop: asyncio.Event) -> None:
        """Sweeps."""
        await scheduler.run(self.timers, self.measure, stop)

    async def measure(self) -> None:
        """Bring the gauges up to date."""
        now = self.services.deps.clock.now()
        inbox = await self.store.inbox.stats(now)
        cases = await self.store.cases.stats(now)
        self.metrics.waiting("inbox", int(inbox["new"]), inbox["oldest"])
        self.metrics.waiting("quarantine", int(inbox["quarantined"]), 0.0)
        self.metrics.waiting("outbox", int(cases["outbox_waiting"]), cases["outbox_oldest"])

    def _application(self) -> server.web.Application:
        bare = [*self.ingress.routes(), *self.health.routes(), *self.out_files.routes()]
        return server.build(
            bare, mounted={"/api/v1": api.build(self.services)}, rest=build_pages(self._pages())
        )

    def _pages(self) -> Pages:
        settings, staff = self.settings, self.staff

        async def bot_address(account: str) -> str:
            name = await staff.username(account)
            return f"https://t.me/{name}" if name else ""

        return Pages(
            services=self.services,
            sessions=auth.redis_sessions(
                self.redis,
                secure=settings.base_url.startswith("https://"),
                days=settings.retention.sessions_days,
            ),
            zone=settings.zone,
            accounts=tuple(PageAccount(one.id, one.kind) for one in settings.channels),
            bot_address=bot_address,
            login_tries=settings.limits.login_attempts_per_minute,
            session_days=settings.retention.sessions_days,
            secure=settings.base_url.startswith("https://"),
            fanout=Fanout(self.services.deps.live),
        )

    async def _connect(self) -> None:
        """Tell providers where their webhooks are; who cannot be told now is told by the next
        start, and what waits there is not lost."""
        for account, hook in {**of_kind(self.channels, Hook), **self.staff.hooks}.items():
            try:
                await hook.connect()
            except CheckFailed as failed:
                log.error("hook.failed", account=account, why=str(failed))


def of_kind(things: Mapping[str, object], kind: type[T]) -> dict[str, T]:
    """Those that implement the Protocol, by account."""
    return {account: thing for account, thing in things.items() if isinstance(thing, kind)}


@asynccontextmanager
async def opened(settings: Settings, urls: Urls, *, prepare: bool = False) -> AsyncIterator[Hub]:
    """Make a hub over these stores. `prepare` makes indexes, upgrades and the first catalogue."""
    async with AsyncExitStack() as stack:
        store = Store.open(urls.mongo, DATABASE)
        stack.push_async_callback(store.close)
        redis = Redis.from_url(urls.redis, health_check_interval=15, socket_keepalive=True)
        stack.push_async_callback(redis.aclose)
        engine = RedisEngine(urls.redis)
        hub = _made(settings, store, redis, engine)
        for channel in of_kind(hub.channels, Closing).values():
            stack.push_async_callback(channel.close)
        stack.push_async_callback(hub.staff.close)
        if prepare:
            await store.prepare()
            await defaults.install(hub.services.deps)
        yield hub


def _made(settings: Settings, store: Store, redis: Redis, engine: RedisEngine) -> Hub:
    clock, metrics = SystemClock(), Metrics()
    texts = TemplateTexts(clock, settings.zone)
    out_files = OutFiles(store.files, clock, settings.secret(), settings.base_url)
    made = _channels(settings, store, clock, out_files)
    senders = of_kind(made, Sender)
    deps = Deps(
        clock=clock,
        ids=RandomIds(),
        inbox=store.inbox,
        cases=store.cases,
        contacts=store.contacts,
        files=store.files,
        staff=store.staff,
        catalog=store.catalog,
        letters=store.letters,
        shown=store.shown,
        leases=store.leases,
        engine=engine,
        live=RedisLive(redis),
        budget=RedisBudget(redis),
        texts=texts,
        passwords=Argon2Passwords(),
        senders=senders,
        policy=policy_of(settings),
        measures=metrics,
    )
    services = Services.of(deps)
    staff = build_staff(settings.bots, services, store.dialogues, settings.base_url)
    residents = build_residents(services, texts, made)
    receivers = {**of_kind(made, Receiver), **staff.receivers}
    intake = Intake(
        deps,
        services.book,
        services.contacts,
        receivers,
        staff_bots=dict.fromkeys(staff.bots, staff.conversation),
        residents=residents,
    )
    to_residents = ChannelOutlet(senders, store.cases, texts, deps.policy)
    fetching = FetchOutlet(of_kind(made, Fetcher), store.files, deps.policy)
    relay = Relay(
        deps,
        services.book,
        services.contacts,
        {
            "deliver": to_residents,
            "status": to_residents,
            "notice": staff.outlet,
            "card": staff.outlet,
            "mark": staff.outlet,
            "fetch": fetching,
        },
    )
    postman = Postman(deps, {"staff": staff.letter_outlet, "resident": ResidentLetters(senders)})
    wakes = Wakes(engine)
    return Hub(
        settings=settings,
        store=store,
        redis=redis,
        engine=engine,
        metrics=metrics,
        services=services,
        channels=made,
        staff=staff,
        intake=intake,
        relay=relay,
        postman=postman,
        timers=Timers(deps, services.book),
        ingress=Ingress(receivers, store.inbox, clock, wakes),
        wakes=wakes,
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
        max_file=settings.limits.max_file_bytes,
        inbox_days=settings.retention.inbox_days,
        staff_bots=tuple(one.id for one in settings.bots),
    )


def _channels(
    settings: Settings, store: Store, clock: SystemClock, out_files: OutFiles
) -> dict[str, object]:
    deps = ChannelDeps(
        clock=clock,
        files=store.files,
        public_url=settings.base_url,
        file_url=out_files.url,
        allow_hosts=frozenset(settings.limits.fetch_allowlist),
        max_body=settings.limits.max_body_bytes,
        max_file=settings.limits.max_file_bytes,
    )
    return {
        one.id: channels.build(
            Account(id=one.id, kind=one.kind, options={key: one.get(key) for key in one.options}),
            deps,
        )
        for one in settings.channels
    }


def _health(store: Store, redis: Redis, clock: SystemClock, metrics: Metrics) -> Health:
    async def database() -> str | None:
        await store.server_time()
        return None

    async def valkey() -> str | None:
        await redis.ping()
        return None

    async def clocks() -> str | None:
        theirs: datetime = await store.server_time()
        return "clock" if abs((theirs - clock.now()).total_seconds()) > CLOCK_SKEW else None

    return Health({"mongo": database, "redis": valkey, "clock": clocks}, metrics.render)
