"""How residents prove themselves: a token that the app's backend signed."""

from __future__ import annotations

import json

import jwt

from channels.app.wire import RESIDENT
from hub.ports.channel import RawRequest

SECRET = "a-secret-of-the-apps-backend-2026"
OPTIONS: dict[str, object] = {
    "issuer": "https://app.example.org",
    "audience": "residents-hub",
    "hs256": SECRET,
    "push_url": "http://127.0.0.1:9/push",
    "push_secret": "another-secret-for-pushes",
}
SECRETS = (SECRET, "another-secret-for-pushes")
# A token says nothing of the body; how it ages is told by tests of its own.
AGES = False


def token(raw: RawRequest, secret: str) -> str:
    """For the resident whom the sample names."""
    who = json.loads(raw.headers.get(RESIDENT, '{"id": "r-1"}'))
    at = int(raw.received_at.timestamp())
    claims = {"iss": OPTIONS["issuer"], "aud": OPTIONS["audience"], "iat": at, "exp": at + 300}
    return jwt.encode({**claims, **who, "sub": who["id"]}, secret, "HS256")


def prove(raw: RawRequest) -> None:
    if raw.method != "APP":
        proven = token(raw, SECRET)
        raw.headers.setdefault(RESIDENT, '{"id":"r-1"}')
        raw.headers["authorization"] = f"Bearer {proven}"


def spoil(raw: RawRequest) -> None:
    """A proof of the right shape, made with another secret."""
    raw.headers["authorization"] = f"Bearer {token(raw, 'guessed-' * 5)}"
