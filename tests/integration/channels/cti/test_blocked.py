"""Through the hub's door: whose calls are spam hears at once that the line is busy."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import msgspec
import pytest

from channels.cti.channel import build
from hub.domain.errors import StoreDown
from hub.http.ingress import Ingress
from hub.http.server import build as build_server
from hub.http.server import serving
from hub.ports.channel_build import Account
from hub.ports.telephony import Caller
from tests.contract.channels.samples import FrozenClock, deps
from tests.contract.channels.test_doors import Written

ANNA = "79161234567"


class Book:
    """Knows one number whose calls are spam."""

    def __init__(self, *, fails: bool = False, hangs: bool = False) -> None:
        self.fails, self.hangs = fails, hangs
        self.asked: list[str] = []

    async def caller(self, number: str) -> Caller:
        return Caller(blocked=await self.blocked(number))

    async def blocked(self, number: str) -> bool:
        self.asked.append(number)
        if self.fails:
            raise StoreDown
        if self.hangs:
            await asyncio.Event().wait()
        return number == f"+{ANNA}"


async def posted(book: Book, **said: Any) -> tuple[int, Any, Written]:
    inbox = Written()
    account = Account(id="pbx", kind="cti", options={"key": "secret"})
    channel = build(account, deps())
    ingress = Ingress({"pbx": channel}, inbox, FrozenClock(), callers=book)  # type: ignore[dict-item]
    body = {
        "event": "newCall",
        "from": ANNA,
        "to": "7495",
        "direction": "in",
        "callId": "1",
        **said,
    }
    async with (
        serving(build_server(ingress.routes()), "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as http,
        http.post(
            f"http://127.0.0.1:{port}/in/pbx?key=secret", data=msgspec.json.encode(body)
        ) as answer,
    ):
        return answer.status, msgspec.json.decode(await answer.read()), inbox


async def test_a_blocked_caller_is_rejected_and_the_call_is_kept() -> None:
    status, said, inbox = await posted(Book())
    assert (status, said) == (200, {"action": "reject", "reason": "busy"})
    assert len(inbox.rows) == 1


@pytest.mark.parametrize(
    "said",
    [{"from": "79160000000"}, {"from": "anonymous"}, {"event": "answer"}, {"event": "hangup"}],
)
async def test_anybody_else_rings(said: dict[str, str]) -> None:
    assert (await posted(Book(), **said))[:2] == (200, {})


@pytest.mark.parametrize("book", [Book(fails=True), Book(hangs=True)], ids=["down", "slow"])
async def test_who_cannot_be_looked_up_rings(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exchange does not wait: a resident's call must not hang on our store."""
    monkeypatch.setattr("hub.http.ingress.KNOWN_WITHIN", 0.05)
    status, said, inbox = await posted(book)
    assert (status, said) == (200, {})
    assert book.asked == [f"+{ANNA}"]
    assert len(inbox.rows) == 1
