"""Refusals that only the app hears."""

from __future__ import annotations

from hub.domain.errors import HubError
from hub.http.api.problems import Unauthorized


class TokenNotTaken(Unauthorized):
    """The token proves nobody; `reason` is a text key (hub.ports.residentapp.TokenRefused)."""

    key = "app_token"


class KeysUnavailable(HubError):
    """The keys of the app's backend cannot be had now; ask again."""

    key = "app_keys"
    status = 503
