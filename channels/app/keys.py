"""The keys of a backend that signs with RS256: a JWKS, fetched, kept and renewed."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

from hub.fetch import PublicFetch
from hub.ports.channel import FetchFailed
from hub.ports.residentapp import KeysAway, TokenRefused

log = structlog.get_logger(__name__)

ALGORITHM = "RS256"
FRESH = 600.0
"""Seconds for which keys are taken as they are."""
AGAIN = 30.0
"""Seconds between two looks for a key that was not there: a stranger may name any."""
STALE = 86_400.0
"""Seconds for which known keys hold although the address does not answer."""
MAX_BYTES = 256 * 1024
MOST_KEYS = 50
SHORTEST = 2048
"""Bits of a key."""


class Keys:
    """Keys by name. One look at a time, however many ask."""

    def __init__(self, address: str, fetch: PublicFetch) -> None:
        self._address = address
        self._fetch = fetch
        self._keys: dict[str, PyJWK] = {}
        self._at: datetime | None = None
        self._tried: datetime | None = None
        self._lock = asyncio.Lock()

    def known(self, kid: str, now: datetime) -> PyJWK:
        """A key that is here already. Raises TokenRefused."""
        if self._age(self._at, now) > STALE:
            raise TokenRefused("key")
        if not kid and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        if kid not in self._keys:
            raise TokenRefused("key")
        return self._keys[kid]

    async def get(self, kid: str, now: datetime) -> PyJWK:
        """The key, looked for anew when it is not here or all are old. Raises TokenRefused,
        KeysAway."""
        if self._needs(kid, now):
            async with self._lock:
                if self._needs(kid, now):
                    await self.renew(now)
        if self._age(self._at, now) > STALE:
            raise KeysAway
        return self.known(kid, now)

    def _needs(self, kid: str, now: datetime) -> bool:
        if self._tried is not None and self._age(self._tried, now) < AGAIN:
            return False
        there = kid in self._keys or (not kid and len(self._keys) == 1)
        return not there or self._age(self._at, now) > FRESH

    @staticmethod
    def _age(at: datetime | None, now: datetime) -> float:
        return float("inf") if at is None else (now - at).total_seconds()

    async def renew(self, now: datetime) -> int:
        """Look now; says how many usable keys there are, 0 when they cannot be had (those that
        are known stay)."""
        try:
            body = b"".join([part async for part in self._fetch.read(self._address, MAX_BYTES)])
            found = usable(msgspec.json.decode(body))
        except (FetchFailed, msgspec.DecodeError, RecursionError) as error:
            log.warning("app.keys", why=type(error).__name__)
            return 0
        finally:
            # Who asks meanwhile waits for this look instead of going without.
            self._tried = now
        if not found:
            log.warning("app.keys", why="no usable key")
            return 0
        self._keys, self._at = found, now
        return len(found)


def usable(document: Any) -> dict[str, PyJWK]:
    """The keys of a JWKS that may have signed an RS256 token."""
    listed = document.get("keys") if isinstance(document, dict) else None
    found: dict[str, PyJWK] = {}
    for one in (listed if isinstance(listed, list) else [])[:MOST_KEYS]:
        if not isinstance(one, dict) or one.get("kty") != "RSA":
            continue
        if one.get("use", "sig") != "sig" or one.get("alg", ALGORITHM) != ALGORITHM:
            continue
        kid = one.get("kid", "")
        if not isinstance(kid, str) or "d" in one:
            # A key that says its private part is nobody's secret any more.
            continue
        try:
            key = PyJWK(one, algorithm=ALGORITHM)
        except (PyJWTError, ValueError, TypeError):
            continue
        if isinstance(key.key, RSAPublicKey) and key.key.key_size >= SHORTEST:
            found[kid] = key
    return found
