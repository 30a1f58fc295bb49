"""Password hashes (argon2id)."""

from __future__ import annotations

from typing import Protocol


class Passwords(Protocol):
    """Slow on purpose, so both run off the event loop."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, hashed: str, password: str) -> bool:
        """False for a wrong password and for an empty hash (in the same time)."""
