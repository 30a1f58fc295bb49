"""Every route of the API."""

from __future__ import annotations

from hub.http.api import actions, calls, cases, contacts, failures, files, inbox, quickreplies
from hub.http.api.routes import Route

ROUTES: tuple[Route, ...] = (
    *cases.ROUTES,
    *actions.ROUTES,
    *failures.ROUTES,
    *files.ROUTES,
    *contacts.ROUTES,
    *quickreplies.ROUTES,
    *inbox.ROUTES,
    *calls.ROUTES,
)
