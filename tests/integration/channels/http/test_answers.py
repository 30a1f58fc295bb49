"""Answers posted to a program, and what its words mean."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

import channels
from channels.http.channel import AnsweringDoor, Door
from hub.domain.message import Accepted, Address, Attachment, Deferred, Outbound, Rejected
from hub.http.server import serving
from hub.ports.channel import CheckFailed, FetchFailed, Sender
from hub.ports.channel_build import Account, BadAccount
from tests.contract.channels.samples import NOW, deps

TO = Address("site", "http", '{"external_id":"u1"}', "external:site:u1", "site:u1")
ANSWER = Outbound(id="ans-1", to=TO, text="Готово", case=7)


class Program:
    """A program outside: remembers what was posted and answers as it is told."""

    def __init__(self) -> None:
        self.posted: list[tuple[dict[str, str], bytes]] = []
        self.status, self.headers = 204, dict[str, str]()

    async def handle(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            self.posted.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status, headers=self.headers)


@pytest.fixture
async def program() -> Program:
    return Program()


@pytest.fixture
async def channel(program: Program) -> AsyncIterator[AnsweringDoor]:
    app = web.Application()
    app.router.add_route("*", "/answers", program.handle)
    async with serving(app, "127.0.0.1", 0) as port:
        channel = built({"reply_url": f"http://127.0.0.1:{port}/answers"})
        assert isinstance(channel, AnsweringDoor)
        yield channel
        await channel.close()


def built(options: dict[str, object]) -> Any:
    account = Account(id="site", kind="http", options={"secret": "s3cret", **options})
    return channels.build(account, deps())


async def test_answer_is_signed_as_promised(channel: AnsweringDoor, program: Program) -> None:
    assert await channel.send(ANSWER) == Accepted(("ans-1",), state="delivered")
    headers, body = program.posted[0]
    timestamp = headers["X-Hub-Timestamp"]
    assert int(timestamp) == int(NOW.timestamp())
    proof = hmac.new(b"s3cret", f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature"] == f"sha256={proof}"
    assert json.loads(body)["to"] == {"external_id": "u1", "phone": None, "email": None}


async def test_a_repeat_bears_the_same_id(channel: AnsweringDoor, program: Program) -> None:
    assert await channel.send(ANSWER) == await channel.send(ANSWER)
    assert [json.loads(body)["id"] for _, body in program.posted] == ["ans-1", "ans-1"]


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, {}, Accepted(("ans-1",), state="delivered")),
        (202, {}, Accepted(("ans-1",), state="delivered")),
        (302, {"Location": "http://127.0.0.1:1/"}, Rejected("refused", "HTTP 302")),
        (400, {}, Rejected("refused", "HTTP 400")),
        (408, {}, Deferred("server", 10.0)),
        (429, {"Retry-After": "7"}, Deferred("rate_limit", 7.0, "account")),
        (429, {"Retry-After": "Wed, 21 Oct 2026"}, Deferred("rate_limit", 10.0, "account")),
        (500, {}, Deferred("server", 10.0)),
        (503, {"Retry-After": "30"}, Deferred("rate_limit", 30.0, "account")),
    ],
)
async def test_what_the_program_says(
    channel: AnsweringDoor,
    program: Program,
    status: int,
    headers: dict[str, str],
    expected: object,
) -> None:
    program.status, program.headers = status, headers
    assert await channel.send(ANSWER) == expected


async def test_nobody_there_is_tried_again_and_never_unsure() -> None:
    channel = built({"reply_url": "http://127.0.0.1:1/answers"})
    assert await channel.send(ANSWER) == Deferred("network", 10.0, "account")
    with pytest.raises(CheckFailed, match="api_unreachable"):
        await channel.check()
    await channel.close()


async def test_without_a_reply_url_nobody_can_be_answered() -> None:
    channel = built({})
    assert isinstance(channel, Door)
    assert not isinstance(channel, Sender)


@pytest.mark.parametrize("options", [{"secret": ""}, {"reply_url": "ftp://x"}])
def test_settings_that_cannot_be_used_are_named(options: dict[str, object]) -> None:
    with pytest.raises(BadAccount) as bad:
        built(options)
    assert bad.value.key in options


async def test_files_by_address_come_from_public_addresses_only() -> None:
    channel = built({})
    file = Attachment(id="f", name="f", ref="http://127.0.0.1:1/secret", state="pending")
    with pytest.raises(FetchFailed, match="file_address"):
        [chunk async for chunk in channel.fetch(file)]
    await channel.close()
