"""``/health/live``, ``/health/ready`` and ``/metrics``.

Live: the process answers. Ready: everything that it needs works, each thing by name; what is wrong
is told by a short word, never by an exception's text (law 8), since anybody may ask.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any

from aiohttp import web

log = logging.getLogger(__name__)

# Returns None when all is well, else a short word for what is wrong.
Check = Callable[[], Awaitable[str | None]]
CHECK_SECONDS = 3.0
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Health:
    """``checks`` by name; ``refresh`` brings the gauges up to date before they are read."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        render: Callable[[], bytes],
        refresh: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._checks = dict(checks)
        self._render = render
        self.refresh = refresh
        self._reasons: dict[str, str | None] = dict.fromkeys(checks)
        self.stopping = False

    def add(self, name: str, check: Check) -> None:
        self._checks[name] = check

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/health/live", self.live),
            web.get("/health/ready", self.ready),
            web.get("/metrics", self.metrics),
        ]

    async def live(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def ready(self, request: web.Request) -> web.Response:
        found = await self.examine()
        well = not self.stopping and all(one["ok"] for one in found.values())
        body = {"status": "ok" if well else "stopping" if self.stopping else "failing"}
        return web.json_response({**body, "checks": found}, status=200 if well else 503)

    async def examine(self) -> dict[str, dict[str, Any]]:
        """Every check by name: ``ok``, ``ms`` and, where not ok, ``reason``."""
        results = await asyncio.gather(*(self._timed(*one) for one in self._checks.items()))
        return dict(zip(self._checks, results, strict=True))

    async def metrics(self, request: web.Request) -> web.Response:
        if self.refresh is not None:
            try:
                async with asyncio.timeout(CHECK_SECONDS):
                    await self.refresh()
            except Exception:
                # The counters of this process are true without the store; /health/ready is red.
                log.warning("gauges could not be read", exc_info=True)
        return web.Response(body=self._render(), headers={"Content-Type": METRICS_TYPE})

    async def _timed(self, name: str, check: Check) -> dict[str, Any]:
        started = perf_counter()
        error: Exception | None = None
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                reason = await check()
        except TimeoutError:
            reason = "timeout"
        except Exception as caught:
            reason, error = "error", caught
        if reason != self._reasons.get(name):
            # Told when it changes, not at every look.
            self._reasons[name] = reason
            if reason is not None:
                log.warning("health: %s is not well: %s", name, reason, exc_info=error)
            else:
                log.info("health: %s is well", name)
        milliseconds = round((perf_counter() - started) * 1e3, 1)
        result: dict[str, Any] = {"ok": reason is None, "ms": milliseconds}
        if reason is not None:
            result["reason"] = reason
        return result
