"""The demonstration's resident app: an account whose backend is the example at /app/example."""

from __future__ import annotations

import hashlib

from hub.settings import ChannelAccount

APP = "app"


def app_account(secret: str, base_url: str) -> ChannelAccount:
    """`secret` is what the demonstration keeps; the account's own are made of it."""

    def made(what: str) -> str:
        return hashlib.sha256(f"{what}\0{secret}".encode()).hexdigest()

    return ChannelAccount.model_validate(
        {
            "id": APP,
            "kind": "app",
            "issuer": "urn:residents-hub:example",
            "audience": "residents-hub",
            "hs256": made("tokens"),
            "push_url": f"{base_url}/app/example/push",
            "push_secret": made("pushes"),
        }
    )
