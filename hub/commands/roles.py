"""``hub web|bots|worker|scheduler``: one role a process, any number of each."""

import argparse
import asyncio
import logging
from collections.abc import Callable

from hub import wiring
from hub.commands.frame import Part, report, until_stopped
from hub.commands.opened import opened
from hub.http import server
from hub.settings import Settings

log = logging.getLogger(__name__)


async def web(args: argparse.Namespace, settings: Settings) -> int:
    return await _serve(settings, "web", lambda hub: hub.web)


async def bots(args: argparse.Namespace, settings: Settings) -> int:
    return await _serve(settings, "bots", lambda hub: hub.bots)


async def worker(args: argparse.Namespace, settings: Settings) -> int:
    return await _serve(settings, "worker", lambda hub: hub.worker)


async def scheduler(args: argparse.Namespace, settings: Settings) -> int:
    return await _serve(settings, "scheduler", lambda hub: hub.scheduler)


async def _serve(settings: Settings, name: str, role: Callable[[wiring.Hub], Part]) -> int:
    async with opened(settings, prepare=True) as hub:
        parts: dict[str, Part] = {name: role(hub)}
        if settings.metrics_port is not None:
            parts["health"] = _health(hub, settings.metrics_port)
        log.info("%s is up", name)
        failed = await until_stopped(parts)
    return report(failed)


def _health(hub: wiring.Hub, port: int) -> Part:
    """Health and metrics of a role without pages, for the machine itself."""

    async def serve(stop: asyncio.Event) -> None:
        async with server.serving(server.build(hub.health.routes()), "127.0.0.1", port):
            await stop.wait()
            hub.health.stopping = True

    return serve
