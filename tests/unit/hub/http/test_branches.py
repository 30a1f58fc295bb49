"""Addresses below an account's, and trials of an address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import aiohttp
import pytest

from hub.domain.message import Received
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel import Answer, Forged, Kept, Key, RawRequest
from tests.support.kept import KeptRows


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


class Plain:
    """Receives at its own address only; nobody is proven."""

    max_body = 1000

    def verify(self, raw: RawRequest) -> None:
        if raw.body != b"proven":
            raise Forged("no", 401)

    def key(self, raw: RawRequest) -> Key:
        return Key(raw.path, "a:1")

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        return []

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        return Answer(200, raw.path.encode(), "text/plain")


class Branchy(Plain):
    """Receives below its address, and may be tried."""

    def branch(self, path: str) -> bool:
        return path == "events/call"

    def tried(self, raw: RawRequest) -> Answer | None:
        return Answer(200, b"here", "text/plain") if raw.query == "echo" else None


@pytest.fixture
def inbox() -> KeptRows:
    return KeptRows()


@pytest.fixture
async def door(inbox: KeptRows) -> AsyncIterator[str]:
    ingress = Ingress({"plain": Plain(), "pbx": Branchy()}, inbox, Clock())
    async with serving(build(ingress.routes()), "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}/in"


async def post(url: str, body: bytes = b"proven") -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as http, http.post(url, data=body) as answer:
        return answer.status, await answer.read()


async def test_an_event_below_the_address_is_kept_with_its_path(door: str, inbox: KeptRows) -> None:
    assert await post(f"{door}/pbx/events/call") == (200, b"/in/pbx/events/call")
    assert await post(f"{door}/pbx") == (200, b"/in/pbx")
    assert len(inbox.rows) == 2


@pytest.mark.parametrize(
    "path", ["pbx/other", "pbx/events/call/", "pbx/", "plain/events/call", "nobody/events/call"]
)
async def test_no_other_address_is_there(door: str, inbox: KeptRows, path: str) -> None:
    assert (await post(f"{door}/{path}"))[0] == 404
    assert not inbox.rows


async def test_a_branch_needs_the_same_proof(door: str, inbox: KeptRows) -> None:
    assert (await post(f"{door}/pbx/events/call", b"guess"))[0] == 401
    assert not inbox.rows


async def test_a_trial_is_answered_and_leaves_nothing(door: str, inbox: KeptRows) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{door}/pbx?echo") as answer:
            assert (answer.status, await answer.read()) == (200, b"here")
        async with http.get(f"{door}/pbx?other") as answer:
            assert answer.status == 401
        async with http.get(f"{door}/plain?echo") as answer:
            assert answer.status == 401
    assert not inbox.rows
