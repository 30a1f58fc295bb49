"""What we ask of the exchange: a form with `cmd` and the exchange's own key."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout

from hub.ports.channel import CheckFailed
from hub.ports.telephony import Ordered, OrderOutcome, Refused

TIMEOUT = 15.0
MOST = 256 * 1024
"""Bytes of an answer; `accounts` lists every member of staff."""
_anything = msgspec.json.Decoder()


class Api:
    """One exchange's address, as its cabinet shows it (`https://….megapbx.ru/sys/crm_api.wcgp`)."""

    def __init__(self, api: str, token: str) -> None:
        self._api, self._token = api, token
        self._session: ClientSession | None = None

    async def call(self, user: str, phone: str) -> OrderOutcome:
        """Ring a member of staff (login or extension), then the number. Never raises for what the
        exchange does."""
        told = {"cmd": "makeCall", "user": user, "phone": phone.removeprefix("+")}
        try:
            async with self._open().post(
                self._api, data={**told, "token": self._token}, allow_redirects=False
            ) as answer:
                return await _outcome(answer)
        except ClientConnectorError:
            return Refused("network")
        except (ClientError, TimeoutError, OSError, ValueError):
            return Refused("timeout", unsure=True)

    async def check(self) -> Mapping[str, str]:
        """Ask who works there. Raises CheckFailed."""
        try:
            async with self._open().post(
                self._api,
                data={"cmd": "accounts", "token": self._token},
                allow_redirects=False,
            ) as answer:
                if answer.status in {400, 401, 403}:
                    raise CheckFailed("token")
                people = _anything.decode(await answer.content.read(MOST))
        except (ClientError, TimeoutError, OSError):
            raise CheckFailed("api_unreachable") from None
        except (msgspec.DecodeError, ValueError):
            raise CheckFailed("api_unknown" if answer.status < 500 else "api_unreachable") from None
        if answer.status != 200 or not isinstance(people, list):
            raise CheckFailed("api_unknown")
        return {"api": self._api, "accounts": str(len(people))}

    def _open(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                timeout=ClientTimeout(total=TIMEOUT, sock_connect=5),
                headers={"User-Agent": "residents-hub"},
            )
        return self._session

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _outcome(answer: ClientResponse) -> OrderOutcome:
    body = await answer.content.read(MOST)
    if answer.status == 200:
        return Ordered(_call(body))
    if answer.status in {401, 403}:
        return Refused("token")
    if answer.status == 429:
        return Refused("rate_limit")
    if answer.status >= 500:
        return Refused("server", f"HTTP {answer.status}", unsure=True)
    return Refused("refused", _error(body) or f"HTTP {answer.status}")


def _call(body: bytes) -> str:
    """The call's id, which stands bare, in quotes or in an object; empty if it is not there."""
    try:
        told = _anything.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        told = body.decode("utf-8", "replace").strip()
    if isinstance(told, dict):
        told = next((told[name] for name in ("callid", "CallID", "callId") if name in told), "")
    text = str(told) if isinstance(told, str | int) and not isinstance(told, bool) else ""
    plain = text.replace("-", "").replace("_", "").replace(".", "").replace(":", "")
    return text if plain.isascii() and plain.isalnum() and len(text) <= 128 else ""


def _error(body: bytes) -> str:
    try:
        told = _anything.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    said = told.get("error", "") if isinstance(told, dict) else ""
    return str(said)[:200] if isinstance(said, str) else ""
