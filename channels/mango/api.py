"""What we ask of MANGO OFFICE: commands and recordings, signed as its events are.

VPBX API 1.10: «Команды», «Запросы»; the address and the 302 of recordings as its clients use them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager

import msgspec
from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from channels.mango import proof, shapes
from channels.mango.pace import Pace, TooBusy
from hub.fetch import CHUNK, PublicFetch, in_the_making
from hub.ports.channel import CheckFailed, FetchFailed
from hub.ports.telephony import Ordered, OrderOutcome, Refused

API = "https://app.mango-office.ru/vpbx"
DONE = 1000
PER_SECOND = 10
TIMEOUT = 15.0
MOST = 64 * 1024
"""Bytes of an answer to a command."""


class Api:
    """One exchange's door. `allow` are hosts that need not be public (hub.fetch)."""

    def __init__(self, api: str, key: str, salt: str, allow: frozenset[str]) -> None:
        self._api = api.rstrip("/")
        self._key, self._salt = key, salt
        self._home = URL(self._api)
        # Whoever runs the exchange inside the house keeps its recordings there as well.
        own = f"{self._home.host}:{self._home.port}"
        self._files = PublicFetch(allow | {own})
        self._pace = Pace(PER_SECOND, 1.0)
        self._session: ClientSession | None = None

    async def command(self, name: str, told: Mapping[str, object]) -> OrderOutcome:
        """Give a command. Never raises for what the exchange does."""
        try:
            await self._pace.turn()
            async with self._post(f"/commands/{name}", told) as answer:
                return await _outcome(answer)
        except TooBusy:
            return Refused("rate_limit")
        except ClientConnectorError:
            return Refused("network")
        except (ClientError, TimeoutError, OSError, ValueError):
            return Refused("timeout", unsure=True)

    async def recording(self, number: str, limit: int) -> AsyncIterator[bytes]:
        """The sound of a recording, by the one-time address that the exchange redirects to. The
        address is a key to the sound: it stays within this call. Raises FetchFailed."""
        address = ""
        try:
            await self._pace.turn()
            asked = {"recording_id": number, "action": "download"}
            async with self._post("/queries/recording/post", asked) as answer:
                address = self._elsewhere(answer)
                if not address:
                    async for chunk in _sound(answer, limit):
                        yield chunk
                    return
        except TooBusy:
            raise FetchFailed("rate_limit", final=False) from None
        except (ClientError, TimeoutError, OSError, ValueError):
            raise FetchFailed("file_unavailable", final=False) from None
        # The address was good for once; the exchange gives another one next time.
        async for chunk in in_the_making(self._files.read(address, limit)):
            yield chunk

    def _elsewhere(self, answer: ClientResponse) -> str:
        """Where the sound is; empty if it is in the answer itself. Raises FetchFailed."""
        if answer.status == 200:
            return ""
        if answer.status not in {301, 302, 303, 307}:
            # Not made yet, or gone from the exchange: it does not say which.
            raise FetchFailed("file_unavailable", final=False)
        to = self._home.join(URL(answer.headers.get("Location", "")))
        if not _same_house(self._home, to):
            raise FetchFailed("file_address", final=True)
        return str(to)

    async def check(self) -> Mapping[str, str]:
        """Ask for the balance, which changes nothing. Raises CheckFailed."""
        try:
            async with self._post("/account/balance", {}) as answer:
                if answer.status in {401, 403}:
                    raise CheckFailed("token")
                told = shapes.result.decode(await answer.content.read(MOST))
        except (ClientError, TimeoutError, OSError):
            raise CheckFailed("api_unreachable") from None
        except (msgspec.DecodeError, ValueError):
            raise CheckFailed("api_unknown" if answer.status < 500 else "api_unreachable") from None
        # Whether the answer names a result beside the balance, the documents do not say.
        unnamed = told.result is None and told.balance is not None
        if str(told.result) != str(DONE) and not unnamed:
            raise CheckFailed("token")
        return {"api": self._api}

    def _post(
        self, path: str, told: Mapping[str, object]
    ) -> AbstractAsyncContextManager[ClientResponse]:
        body = proof.signed(self._key, msgspec.json.encode(told), self._salt)
        return self._open().post(
            self._api + path,
            data=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            allow_redirects=False,
        )

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
    body = await answer.content.read(MOST)
    try:
        result = shapes.result.decode(body).result
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Refused("refused", f"HTTP {answer.status}")
    if str(result) == str(DONE):
        return Ordered()
    return Refused("refused", str(result or answer.status)[:40])


async def _sound(answer: ClientResponse, limit: int) -> AsyncIterator[bytes]:
    if not answer.content_type.startswith(("audio/", "application/octet-stream")):
        raise FetchFailed("file_unavailable", final=False)
    size = 0
    async for chunk in answer.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > limit:
            raise FetchFailed("file_too_large", final=True)
        yield chunk


def _same_house(home: URL, to: URL) -> bool:
    """The exchange's own host, or a neighbour under the same registered name."""
    if to.scheme not in {"http", "https"} or (home.scheme == "https" and to.scheme != "https"):
        return False
    ours, theirs = home.host or "", to.host or ""
    if theirs == ours:
        return True
    family = ".".join(ours.split(".")[-2:])
    named = not family.replace(".", "").isdigit() and "." in family
    return named and theirs.endswith(f".{family}")
