"""Addresses of the Mini App: its door, and the desk's own pages under another root.

Nothing of the settings stands here: who manages the hub does it in a browser, with a password.
"""

from __future__ import annotations

from admin_web.miniapp import entry
from admin_web.miniapp.app import ROOT
from admin_web.routes import ROUTES, Route

SHARED = ("/desk", "/files/")

MINI_ROUTES: tuple[Route, ...] = (
    Route("GET", entry.PATH, "anybody", entry.door),
    Route("POST", entry.PATH, "anybody", entry.come_in),
    *(
        Route(route.method, ROOT + route.path, route.rule, route.handler)
        for route in ROUTES
        if route.path.startswith(SHARED)
    ),
)
