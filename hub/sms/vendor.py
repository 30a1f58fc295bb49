"""What vendors of short messages over HTTP share: a call, and what it means when it fails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)

from hub.domain.message import (
    Address,
    Deferred,
    Identity,
    Outbound,
    Outcome,
    Rejected,
    Unsure,
)
from hub.ports.channel import Capabilities
from hub.ports.channel_build import Account, BadAccount
from hub.sms.latin import latin
from hub.sms.length import fit

TIMEOUT = 15.0
LARGEST = 8 * 1024 * 1024
AGAIN, AGAIN_TOKEN, AGAIN_MONEY = 10.0, 60.0, 300.0
LONGEST_WAIT = 3600.0
ELSEWHERE = frozenset({301, 302, 303, 307, 308, 404})


class Answered(msgspec.Struct, frozen=True):
    """An answer: `status` of HTTP, `after` seconds that it asks to wait, `told` where it is JSON of
    an object, `text` as it came."""

    status: int
    text: str
    told: Mapping[str, Any] = {}
    after: float = 0.0


class Unheard(Exception):
    """No answer. `sent`: the request went out, so it may have been carried out."""

    def __init__(self, why: str, *, sent: bool) -> None:
        super().__init__(why)
        self.sent = sent

    @property
    def outcome(self) -> Outcome:
        """What it means for a message."""
        if not self.sent:
            return Deferred("network", AGAIN, "account")
        return Unsure("timeout" if str(self) == "timeout" else "network")


class Line:
    """Calls to one vendor. Errors hold no address: the key may be part of it."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = ClientTimeout(total=timeout, sock_connect=5)
        self._session: ClientSession | None = None

    async def ask(
        self,
        verb: str,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """One call. Raises Unheard."""
        try:
            async with self._open().request(
                verb, url, data=form, json=body, headers=headers, allow_redirects=False
            ) as answer:
                text = (await _read(answer.content)).decode("utf-8", "replace")
                after = answer.headers.get("Retry-After", "")
                wait = float(after) if after.isdigit() and len(after) < 6 else 0.0
                return Answered(answer.status, text, _object(text), min(wait, LONGEST_WAIT))
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise Unheard(type(error).__name__, sent=False) from None
        except TimeoutError:
            raise Unheard("timeout", sent=True) from None
        except (ClientError, OSError, ValueError) as error:
            raise Unheard(type(error).__name__, sent=True) from None

    def _open(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                timeout=self._timeout, headers={"User-Agent": "residents-hub"}
            )
        return self._session

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _read(content: Any) -> bytes:
    data = bytearray()
    async for chunk in content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > LARGEST:
            raise ValueError("endless")
    return bytes(data)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def refused(answer: Answered) -> Outcome | None:
    """What an HTTP status means that is no 200; None for 200, where the body tells."""
    status = answer.status
    if status == 200:
        return None
    if status in {401, 403}:
        # Wrong for the whole account: no message is lost over it.
        return Deferred("token", AGAIN_TOKEN, "account")
    if status == 402:
        return Deferred("no_money", AGAIN_MONEY, "account")
    if status == 429:
        return Deferred("rate_limit", answer.after or AGAIN, "account")
    if status == 503:
        # Said before anything is begun.
        return Deferred("server", answer.after or AGAIN, "account")
    if status in ELSEWHERE:
        # A wrong address of the vendor is nothing that a message did.
        return Deferred("server", AGAIN_TOKEN, "account")
    if status >= 500:
        return Unsure("server")
    return Rejected("refused", f"HTTP {status}")


class Texts:
    """How an account writes. `segments`: into how many short messages the vendor cuts one text."""

    def __init__(self, account: Account, channel: str, segments: int, *, two_way: bool) -> None:
        self._account = account.id
        self._channel = channel
        self._segments = segments
        self._latin = account.get("transliterate").lower() in {"true", "1", "yes"}
        self.caps = Capabilities(
            max_text=153 * segments,
            receipts=True,
            two_way=two_way,
            segments="sms",
            max_segments=segments,
            latin=self._latin,
        )

    def of(self, out: Outbound) -> str | Rejected:
        """The words as they leave, or why they cannot."""
        if not out.to.to:
            return Rejected("no_reply", gone=True)
        if out.files:
            return Rejected("files")
        text = latin(out.text) if self._latin else out.text
        if not text.strip():
            return Rejected("refused", "no words")
        return Rejected("too_long") if fit(text).parts > self._segments else text

    def reach(self, identity: Identity) -> Address | None:
        """A phone can be written to first."""
        if identity.kind != "phone":
            return None
        phone = identity.value
        return Address(
            self._account, self._channel, phone, identity.key, f"{self._account}:{phone}"
        )


def base(account: Account, default: str) -> str:
    """The option `api`, without a slash at the end. Raises BadAccount."""
    url = account.get("api", default).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise BadAccount(account.id, "api")
    return url


def digits(phone: str) -> str:
    """E.164 as these vendors write it: without the plus."""
    return phone.removeprefix("+")
