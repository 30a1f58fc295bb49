"""The one aiohttp application, built of the parts that wiring hands in."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractMatchInfo
from aiohttp.web_exceptions import HTTPMethodNotAllowed
from yarl import URL

from hub.http.room import CUT

# Bytes of a body that a handler reads at once; uploads are streamed past it.
BODY = 2 * 1024 * 1024
SHUTDOWN = 5.0
NO_ADDRESS = frozenset({errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES})


log = logging.getLogger(__name__)


class OwnFaults(logging.Filter):
    """Lets through what went wrong with us. What breaks off or is no HTTP is no fault of ours, and
    aiohttp's words about it quote what was sent."""

    def filter(self, record: logging.LogRecord) -> bool:
        fault = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        return not isinstance(fault, CUT) or type(fault) is RuntimeError


log.addFilter(OwnFaults())


class Rest(web.AbstractResource):
    """Everything that no other route takes, handed to one application with its own middlewares.

    aiohttp mounts sub-applications under a prefix only; pages stand at the root, and their
    middlewares must not stand before the webhooks.
    """

    def __init__(self, app: web.Application) -> None:
        super().__init__()
        self._app = app

    @property
    def canonical(self) -> str:
        return "/"

    def url_for(self, **kwargs: str) -> URL:
        raise RuntimeError("a mounted application has many addresses")

    def add_prefix(self, prefix: str) -> None:
        raise RuntimeError("stands at the root")

    def raw_match(self, path: str) -> bool:
        return False

    def get_info(self) -> Any:
        return {"app": self._app, "prefix": ""}

    async def resolve(self, request: web.Request) -> tuple[AbstractMatchInfo, set[str]]:  # type: ignore[override]
        match = await self._app.router.resolve(request)
        match.add_app(self._app)
        wrong = match.http_exception
        return match, set(wrong.allowed_methods if isinstance(wrong, HTTPMethodNotAllowed) else ())

    def __len__(self) -> int:
        return len(self._app.router.routes())

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        return iter(self._app.router.routes())


def build(
    routes: Iterable[web.AbstractRouteDef],
    *,
    mounted: Mapping[str, web.Application] | None = None,
    rest: web.Application | None = None,
) -> web.Application:
    """The application: `routes` (ingress, health) bare, applications under prefixes («/api/v1»),
    and `rest` (the pages) at the root. Middlewares belong to the applications."""
    app = web.Application(client_max_size=BODY)
    app.add_routes(routes)
    for prefix, part in (mounted or {}).items():
        app.add_subapp(prefix, part)
    if rest is not None:
        _mount_rest(app, rest)
    return app


def _mount_rest(app: web.Application, rest: web.Application) -> None:
    app.router.register_resource(Rest(rest))
    rest.pre_freeze()

    async def startup(_: web.Application) -> None:
        await rest.startup()

    async def shutdown(_: web.Application) -> None:
        await rest.shutdown()

    async def cleanup(_: web.Application) -> None:
        await rest.cleanup()

    app.on_startup.append(startup)
    app.on_shutdown.append(shutdown)
    app.on_cleanup.append(cleanup)


class CannotListen(Exception):
    """Nothing can be served at this address: ``taken`` by another, or not of this machine."""

    def __init__(self, host: str, port: int, *, taken: bool) -> None:
        super().__init__(f"{host}:{port}")
        self.host = host
        self.port = port
        self.taken = taken


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve while the context is open; gives the port (chosen by the system when 0 is asked).

    At the end nothing new is taken in and what is being answered is finished. Raises
    :class:`CannotListen`.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=log,
        handle_signals=False,
        shutdown_timeout=SHUTDOWN,
        keepalive_timeout=75,
        # A proof covers the bytes that were sent, and what is packed may unpack to any size.
        auto_decompress=False,
        # Whoever sends on after a refusal is heard out this long, so that the refusal arrives.
        lingering_time=1.0,
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=1024)
        try:
            await site.start()
        except OSError as error:
            if not isinstance(error, socket.gaierror) and error.errno not in NO_ADDRESS:
                raise
            raise CannotListen(host, port, taken=error.errno == errno.EADDRINUSE) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
