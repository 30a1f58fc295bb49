"""The resident app, where some account of the settings is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp.web import Application

from hub.http import app
from hub.presence import RedisPresence
from hub.wiring import kinds

if TYPE_CHECKING:
    from hub.wiring.hub import Hub


def mounted(hub: Hub) -> dict[str, Application]:
    """By the address under which it is mounted."""
    doors = kinds.apps(hub.channels)
    if not doors:
        return {}
    presence = RedisPresence(hub.redis)
    return {"/app/v1": app.build(hub.services, doors, hub.ingress.accept, presence)}
