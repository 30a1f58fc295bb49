"""What the Mini App is given by wiring."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import Morsel
from typing import Any, ClassVar

from aiohttp import web
from aiohttp_session import AbstractStorage
from aiohttp_session.redis_storage import RedisStorage

ROOT = "/mini"
COOKIE = "hub_mini"
SESSION = timedelta(hours=4)
"""Opening it again costs one tap, so a phone that was left lying about closes soon."""


@dataclass(frozen=True, kw_only=True)
class MiniApp:
    """`keys`: by bot account, the key that its data is signed with (initdata.key_of). `max_age`:
    how old that data may be. `frames`: origins of pages that may show it in a frame."""

    sessions: AbstractStorage
    keys: Mapping[str, bytes]
    max_age: timedelta
    frames: tuple[str, ...]


class _Partitioned(Morsel[str]):
    """A cookie with an attribute that http.cookies does not know before Python 3.14."""

    _reserved: ClassVar = {**Morsel._reserved, "partitioned": "Partitioned"}  # type: ignore[attr-defined]
    _flags: ClassVar = {*Morsel._flags, "partitioned"}  # type: ignore[attr-defined]


class FramedSessions(RedisStorage):
    """Sessions whose cookie reaches us from within a page of another site.

    Browsers send a cookie into a foreign frame only with SameSite=None, which they take over
    https alone, and more and more of them only to one site at a time (Partitioned).
    """

    def save_cookie(
        self, response: web.StreamResponse, cookie_data: str, *, max_age: int | None = None
    ) -> None:
        super().save_cookie(response, cookie_data, max_age=max_age)
        if self.cookie_params["secure"]:
            plain = response.cookies[self.cookie_name]
            framed = _Partitioned()
            framed.set(plain.key, plain.value, plain.coded_value)
            framed.update({**plain, "partitioned": True})
            response.cookies[self.cookie_name] = framed


def framed_sessions(redis: Any, *, secure: bool) -> FramedSessions:
    """Short sessions under the Mini App's own path. Without https (a trial on one machine, where
    the frame is of the same site) an ordinary cookie does."""
    return FramedSessions(
        redis,
        cookie_name=COOKIE,
        path=ROOT,
        max_age=int(SESSION.total_seconds()),
        secure=secure,
        httponly=True,
        samesite="None" if secure else "Lax",
        key_factory=lambda: secrets.token_hex(32),
    )
