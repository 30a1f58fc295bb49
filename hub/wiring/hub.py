"""A hub of one process: its parts, and the roles it can take."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from aiohttp.web import Application
from redis.asyncio import Redis

from admin_web import auth
from admin_web.app import build as build_pages
from admin_web.live import Fanout
from admin_web.miniapp.app import MiniApp, framed_sessions
from admin_web.miniapp.initdata import key_of
from admin_web.pages import Account as PageAccount
from admin_web.pages import Pages
from bots.resident.conversation import Residency
from hub.engine import RedisEngine
from hub.http import api, server
from hub.http.health import Health
from hub.http.ingress import Ingress
from hub.http.outfiles import OutFiles
from hub.metrics import Metrics
from hub.ports.calls import CallbackFilter
from hub.ports.channel import CheckFailed
from hub.roles import scheduler
from hub.roles.pollers import Pollers
from hub.services.intake import Intake
from hub.services.postman import Postman
from hub.services.relay import Relay
from hub.services.services import Services
from hub.services.timers import Timers
from hub.settings import Settings
from hub.store.store import Store
from hub.wiring import kinds, residentapp
from hub.wiring.staff import StaffSide

log = structlog.get_logger(__name__)

MANY = 1000
"""A gauge of calls counts no further."""


@dataclass(frozen=True)
class Hub:
    """Everything of one process, made and not yet running. `unread`: keys of channel accounts in
    the settings that have no effect."""

    settings: Settings
    store: Store
    redis: Redis
    engine: RedisEngine
    metrics: Metrics
    services: Services
    channels: Mapping[str, object]
    unread: Mapping[str, Sequence[str]]
    staff: StaffSide
    intake: Intake
    residents: Residency
    relay: Relay
    postman: Postman
    timers: Timers
    ingress: Ingress
    out_files: OutFiles
    health: Health

    async def staff_bot(self) -> str | None:
        """The user name of the first staff bot; None where there is none or it cannot be asked."""
        for account in self.staff.bots.bots:
            return await self.staff.username(account) or None
        return None

    # ── roles ────────────────────────────────────────────────────────────────────────────────

    async def web(self, stop: asyncio.Event) -> None:
        """Pages, API, webhooks, health."""
        async with server.serving(self._application(), self.settings.host, self.settings.port):
            await self._connect()
            await stop.wait()
            self.health.stopping = True

    async def bots(self, stop: asyncio.Event) -> None:
        """Pollers, one per account wherever it runs."""
        deps = self.services.deps
        pollers = {**kinds.pollers(self.channels), **self.staff.pollers}
        async with asyncio.TaskGroup() as nursery:
            nursery.create_task(self.residents.introduce(), name="commands")
            await Pollers(pollers, self.ingress.accept, deps.leases, deps.clock, deps.ids).run(stop)

    async def worker(self, stop: asyncio.Event) -> None:
        """Understands what was kept, sends what is due."""
        self.engine.register(take=self.intake.take, drain=self.relay.drain, post=self.postman.post)
        await self.engine.start_worker()
        try:
            await self.services.recordings.run(stop)
        finally:
            self.relay.stop()
            self.postman.stop()
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
        owed = (await self.store.callbacks.page(CallbackFilter(), None, 1)).items
        longest = (now - owed[0].since).total_seconds() if owed else 0.0
        self.metrics.waiting("callbacks", await self.store.callbacks.waiting(MANY), longest)
        due = await self.store.calls.to_fetch(now, MANY)
        self.metrics.waiting("recordings", len(due), 0.0)

    def _application(self) -> Application:
        bare = [*self.ingress.routes(), *self.health.routes(), *self.out_files.routes()]
        mounted = {"/api/v1": api.build(self.services), **residentapp.mounted(self)}
        return server.build(bare, mounted=mounted, rest=build_pages(self._pages()))

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
            deep_links=partial(kinds.deep_links, self.channels),
            login_tries=settings.limits.login_attempts_per_minute,
            session_days=settings.retention.sessions_days,
            secure=settings.base_url.startswith("https://"),
            mini=self._mini_app(),
            fanout=Fanout(self.services.deps.live),
        )

    def _mini_app(self) -> MiniApp | None:
        """The desk inside Telegram, where some staff bot offers it."""
        settings = self.settings
        keys = {
            one.id: key_of(one.token.get_secret_value())
            for one in settings.bots
            if self.staff.bots.bots[one.id].app
        }
        if not keys:
            return None
        return MiniApp(
            sessions=framed_sessions(self.redis, secure=settings.base_url.startswith("https://")),
            keys=keys,
            max_age=timedelta(seconds=settings.mini_app.max_age_seconds),
            frames=settings.mini_app.frame_ancestors,
        )

    async def _connect(self) -> None:
        """Tell providers where their webhooks are; who cannot be told now is told by the next
        start, and what waits there is not lost."""
        hooks = [kinds.hooks(self.channels), self.staff.hooks, self.staff.menus]
        for account, hook in (pair for some in hooks for pair in some.items()):
            try:
                await hook.connect()
            except CheckFailed as failed:
                log.error("hook.failed", account=account, why=str(failed))
