"""The doors through which pages are shown: a browser, and Telegram's Mini App."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp_session import AbstractStorage

if TYPE_CHECKING:
    from admin_web.visit import Visit

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        # A mail as it came stands in a frame that can do nothing (admin_web.desk.mails).
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, kw_only=True)
class Front:
    """One door. `root` stands before every address behind it; `sessions` are its own, so that a
    session of one door opens nothing behind the other; `door` answers who has none; `anonymous`
    says at which path a visitor gets a token before they have come in."""

    sessions: AbstractStorage
    headers: Mapping[str, str]
    door: Callable[[Visit], web.StreamResponse]
    anonymous: str
    root: str = ""
    mini: bool = False
