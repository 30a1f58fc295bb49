"""The resident app, where some account of the settings is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp.web import Application

from hub.http import app
from hub.http.app.example import Example
from hub.presence import RedisPresence
from hub.wiring import kinds

if TYPE_CHECKING:
    from hub.wiring.hub import Hub

EXAMPLE = "app"
"""The account of the demonstration whose backend is the example."""


def mounted(hub: Hub) -> dict[str, Application]:
    """By the address under which it is mounted."""
    doors = kinds.apps(hub.channels)
    if not doors:
        return {}
    presence = RedisPresence(hub.redis)
    found = {"/app/v1": app.build(hub.services, doors, hub.ingress.accept, presence)}
    account = hub.settings.channel(EXAMPLE)
    if hub.settings.demo and account is not None:
        options = {key: str(account.get(key)) for key in account.options}
        deps = hub.services.deps
        found["/app/example"] = Example(options, deps.clock, deps.texts).application()
    return found
