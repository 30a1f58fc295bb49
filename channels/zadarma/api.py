"""What we ask of Zadarma (and Novofon v1): signed requests for recordings and click-to-call.

https://zadarma.com/ru/support/api/ and the vendors' libraries: `Authorization: key:signature`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager

import msgspec
from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from channels.zadarma.proof import authorization
from hub.fetch import PublicFetch, in_the_making
from hub.ports.channel import CheckFailed, FetchFailed
from hub.ports.telephony import Ordered, OrderOutcome, Refused

API = "https://api.zadarma.com"
TIMEOUT = 15.0
MOST = 64 * 1024
LIFETIME = 600
"""Seconds for which the address of a recording is to work; we use it at once."""


class Told(msgspec.Struct):
    """An answer: `status` is success or error, `message` says what was wrong."""

    status: str = ""
    message: str = ""
    link: str | None = None
    links: list[str] | None = None


_told = msgspec.json.Decoder(Told)


class Api:
    """One account's door. `allow` are hosts that need not be public (hub.fetch)."""

    def __init__(self, api: str, key: str, secret: str, allow: frozenset[str]) -> None:
        self._api = api.rstrip("/")
        self._key, self._secret = key, secret
        home = URL(self._api)
        # Whoever runs such an API inside the house keeps its recordings there as well.
        self._files = PublicFetch(allow | {f"{home.host}:{home.port}"})
        self._session: ClientSession | None = None

    async def call(self, extension: str, number: str) -> OrderOutcome:
        """Ring the extension, then the number. Never raises for what they do."""
        asked = {"from": extension, "to": number.removeprefix("+")}
        try:
            async with self._get("/v1/request/callback/", asked) as answer:
                return await _outcome(answer)
        except ClientConnectorError:
            return Refused("network")
        except (ClientError, TimeoutError, OSError, ValueError):
            return Refused("timeout", unsure=True)

    async def recording(self, number: str, limit: int) -> AsyncIterator[bytes]:
        """The sound of a recording, by an address that works for a while. Raises FetchFailed."""
        address = await self._address(number)
        async for chunk in in_the_making(self._files.read(address, limit)):
            yield chunk

    async def _address(self, number: str) -> str:
        asked = {"call_id": number, "lifetime": str(LIFETIME)}
        try:
            async with self._get("/v1/pbx/record/request/", asked) as answer:
                if answer.status in {401, 403}:
                    raise FetchFailed("token", final=False)
                told = _told.decode(await answer.content.read(MOST))
        except (msgspec.DecodeError, ClientError, TimeoutError, OSError, ValueError):
            raise FetchFailed("file_unavailable", final=False) from None
        address = told.link or next(iter(told.links or []), "")
        if told.status != "success" or not address:
            # Not saved yet, or gone: it does not say which.
            raise FetchFailed("file_unavailable", final=False)
        return address

    async def check(self) -> Mapping[str, str]:
        """Ask for the balance. Raises CheckFailed."""
        try:
            async with self._get("/v1/info/balance/", {}) as answer:
                if answer.status in {401, 403}:
                    raise CheckFailed("token")
                told = _told.decode(await answer.content.read(MOST))
        except (ClientError, TimeoutError, OSError):
            raise CheckFailed("api_unreachable") from None
        except (msgspec.DecodeError, ValueError):
            raise CheckFailed("api_unknown" if answer.status < 500 else "api_unreachable") from None
        if told.status != "success":
            raise CheckFailed("token")
        return {"api": self._api}

    def _get(
        self, path: str, asked: Mapping[str, str]
    ) -> AbstractAsyncContextManager[ClientResponse]:
        query, header = authorization(self._key, self._secret, path, {**asked, "format": "json"})
        # What is signed is what goes out: the address is not put in order once more.
        url = URL(f"{self._api}{path}?{query}", encoded=True)
        return self._open().get(url, headers={"Authorization": header}, allow_redirects=False)

    def _open(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                timeout=ClientTimeout(total=TIMEOUT, sock_connect=5),
                headers={"User-Agent": "residents-hub"},
            )
        return self._session

    async def close(self) -> None:
        """Close connections."""
        await self._files.close()
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _outcome(answer: ClientResponse) -> OrderOutcome:
    if answer.status == 429:
        return Refused("rate_limit")
    if answer.status in {401, 403}:
        return Refused("token")
    if answer.status >= 500:
        return Refused("server", f"HTTP {answer.status}", unsure=True)
    try:
        told = _told.decode(await answer.content.read(MOST))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Refused("refused", f"HTTP {answer.status}")
    return Ordered() if told.status == "success" else Refused("refused", told.message[:200])
