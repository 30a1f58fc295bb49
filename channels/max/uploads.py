"""Files on their way to MAX: kind → address → token. No message exists yet, so all of it may be
done again; what was done is remembered, since MAX needs a while with every file."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import Any

from aiohttp import (
    AsyncIterablePayload,
    ClientError,
    ClientSession,
    ClientTimeout,
    FormData,
    TCPConnector,
)

from channels.max.api import CONNECT, Api, Cut, Refused, failure, read, refusal
from channels.max.plan import kind_of
from hub.domain.message import OutboundFile
from hub.fetch import PublicFetch, PublicResolver
from hub.ports.channel import FetchFailed

UPLOAD_TIMEOUT = 300.0
REMEMBERED = 512
SMALL = 1024 * 1024

Open = Callable[[OutboundFile], AsyncIterator[bytes]]


class Unread(Exception):
    """Our own file could not be read to its end."""


class Sized(AsyncIterablePayload):
    """Bytes that are read while they are sent, of a size that is known: the store's upload servers
    are told it, as browsers do."""

    def __init__(self, value: AsyncIterator[bytes], size: int) -> None:
        super().__init__(value)
        self._size = size


class Uploads:
    """Uploads files of one account. `allow`: hosts that need not be public (tests)."""

    def __init__(self, api: Api, open_file: Open, allow: frozenset[str]) -> None:
        self._api = api
        self._open_file = open_file
        self._allow = allow
        self._gate = PublicFetch(allow)
        self._tokens: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._session: ClientSession | None = None

    async def token(self, out: str, file: OutboundFile) -> str:
        """The token under which `file` is attached to the message `out`. Raises Unread and what
        Api raises."""
        known = self._tokens.get((out, file.id))
        if known is not None:
            return known
        kind = kind_of(file)
        place = await self._api.object("POST", "/uploads", {"type": kind})
        url, token = place.get("url"), place.get("token")
        if not isinstance(url, str):
            raise Cut("no address")
        answer = await self._put(url, file)
        # Films and sounds have their token before they are there, pictures and files after.
        token = token if isinstance(token, str) and token else _token(answer)
        if not token:
            raise Cut("no token")
        self._tokens[out, file.id] = token
        while len(self._tokens) > REMEMBERED:
            self._tokens.popitem(last=False)
        return token

    def forget(self, out: str) -> None:
        """The message is there, or never will be."""
        for known in [known for known in self._tokens if known[0] == out]:
            del self._tokens[known]

    async def _put(self, url: str, file: OutboundFile) -> bytes:
        try:
            address = self._gate.admit(url)
        except FetchFailed:
            raise Refused(400, "upload.address") from None
        stream = _Stream(self._open_file(file))
        form = FormData(quote_fields=False)
        form.add_field(
            "data", Sized(stream.bytes(), file.size), filename=file.name, content_type=file.mime
        )
        total = ClientTimeout(total=UPLOAD_TIMEOUT, sock_connect=CONNECT)
        try:
            # The address is itself the permission: our token is not shown there.
            async with self._open().post(
                address, data=form, timeout=total, allow_redirects=False
            ) as answer:
                content = await read(answer, SMALL)
                if 200 <= answer.status < 300:
                    return content
                raise _refused(refusal(answer, content))
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            if stream.broken:
                raise Unread(file.id) from None
            raise failure(error) from None

    def _open(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                connector=TCPConnector(
                    resolver=PublicResolver(self._allow), use_dns_cache=False, limit=8
                ),
                headers={"User-Agent": "residents-hub"},
                trust_env=False,
            )
        return self._session

    async def close(self) -> None:
        """Close connections."""
        await self._gate.close()
        if self._session is not None:
            await self._session.close()
            self._session = None


def _refused(error: Refused) -> Refused:
    """What an upload server refuses is about the file: not our token, not the resident."""
    about_us = error.status in {401, 403, 404} or error.code == "verify.token"
    return Refused(400, "", f"HTTP {error.status}") if about_us else error


class _Stream:
    """Bytes of the store, and whether reading them broke."""

    def __init__(self, source: AsyncIterator[bytes]) -> None:
        self._source = source
        self.broken = False

    async def bytes(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._source:
                yield chunk
        except Exception:
            self.broken = True
            raise


def _token(answer: bytes) -> str:
    """From what the upload server says: `{"token"}`, or `{"photos": {id: {"token"}}}`."""
    found = _read(answer)
    token = found.get("token")
    photos = found.get("photos")
    if not token and isinstance(photos, dict):
        first: Any = next(iter(photos.values()), None)
        token = first.get("token") if isinstance(first, dict) else None
    return token if isinstance(token, str) else ""


def _read(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
