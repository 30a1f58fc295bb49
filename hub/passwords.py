"""Password hashes: argon2id, off the event loop since it is slow on purpose."""

from __future__ import annotations

import asyncio
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """The library's recommended figures. At most two at once, so that guessing cannot take the
    machine's memory."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._slots = asyncio.Semaphore(2)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """Hash a new password."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, hashed: str, password: str) -> bool:
        """False for a wrong password and for an empty hash, in the same time."""
        async with self._slots:
            right = await asyncio.to_thread(self._verify, hashed, password)
        return right and bool(hashed)

    def _verify(self, hashed: str, password: str) -> bool:
        # Asked for whoever it is: the first to come would take longer otherwise if they are nobody.
        nobody = self._nobody
        try:
            return self._hasher.verify(hashed or nobody, password)
        except (VerificationError, InvalidHashError):
            return False
