"""Calls of MAX's Bot API, and what became of them. No error's text holds an address or token."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    TCPConnector,
)

from hub import roots

MAX = "https://platform-api2.max.ru"
TIMEOUT = 20.0
CONNECT = 10.0
# A batch of updates is the largest answer there is.
LARGEST_ANSWER = 32 * 1024 * 1024
CHUNK = 64 * 1024
_TOKEN = re.compile(r"[\x21-\x7e]{1,1024}")


class Unreached(Exception):
    """No connection came about: nothing was asked."""


class Untrusted(Unreached):
    """The server's certificate is of nobody whom this machine trusts."""


class Cut(Exception):
    """The call went out and no answer came that can be read: it may have been carried out."""


class Refused(Exception):
    """The server answered with an error: `status` of HTTP, `code` and `message` of MAX; `after`
    is how many seconds it asks to wait (0: it does not say)."""

    def __init__(self, status: int, code: str = "", message: str = "", after: float = 0.0) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.code = code
        self.message = message
        self.after = after


class Api:
    """One bot at one server. Raises ValueError for what can be no token or address."""

    def __init__(self, token: str, base: str = MAX, *, ca: str = "", timeout: float = TIMEOUT):
        if not _TOKEN.fullmatch(token):
            raise ValueError("token")
        if not base.startswith(("http://", "https://")):
            raise ValueError("api")
        self._token = token
        self._base = base.rstrip("/")
        # MAX shows a certificate of the Ministry of Digital Development.
        self._trusted = roots.with_own(ca) if ca else roots.usual()
        self._timeout = timeout
        self._session: ClientSession | None = None

    async def call(
        self,
        verb: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
    ) -> bytes:
        """The bytes of a good answer. Raises Unreached, Cut and Refused."""
        total = ClientTimeout(total=timeout or self._timeout, sock_connect=CONNECT)
        try:
            async with self._open().request(
                verb,
                f"{self._base}{path}",
                params=dict(params or {}),
                json=body,
                headers={"Authorization": self._token},
                timeout=total,
                allow_redirects=False,
            ) as answer:
                content = await read(answer, LARGEST_ANSWER)
                if answer.status == 200:
                    return content
                raise refusal(answer, content)
        except (ClientError, TimeoutError, OSError) as error:
            raise failure(error) from None

    async def object(
        self,
        verb: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """As `call`, for answers that are one object; another answer is Cut."""
        found = _object(await self.call(verb, path, params, body))
        if found is None:
            raise Cut("unreadable")
        return found

    def _open(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                connector=TCPConnector(limit=100, ttl_dns_cache=300, ssl=self._trusted),
                headers={"User-Agent": "residents-hub"},
            )
        return self._session

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def read(answer: ClientResponse, limit: int) -> bytes:
    """The body of an answer; raises Cut where it is over `limit` bytes."""
    parts, size = [], 0
    async for chunk in answer.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > limit:
            raise Cut("endless")
        parts.append(chunk)
    return b"".join(parts)


def failure(error: BaseException) -> Exception:
    """What broke below HTTP, told apart by what it leaves behind."""
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        if isinstance(getattr(error, "certificate_error", None), ssl.SSLError):
            return Untrusted(type(error).__name__)
        return Unreached(type(error).__name__)
    return Cut(type(error).__name__)


def refusal(answer: ClientResponse, content: bytes) -> Refused:
    """The error that an answer tells."""
    told = _object(content) or {}
    after = answer.headers.get("Retry-After", "")
    return Refused(
        answer.status,
        str(told.get("code") or ""),
        str(told.get("message") or "")[:300],
        float(after) if after.isdigit() and len(after) < 6 else 0.0,
    )


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
