"""Requests that no client library would send, byte by byte, against the open doors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.http import proof
from channels.http.channel import Door, build
from channels.telegram.channel import build as build_telegram
from hub.http.ingress import Ingress
from hub.http.outfiles import OutFiles
from hub.ports.channel_build import Account, ChannelDeps
from hub.ports.clock import SystemClock
from hub.store.store import Store

SECRET = "a secret of the door"


def receivers(store: Store) -> dict[str, object]:
    deps = ChannelDeps(
        clock=SystemClock(),
        files=store.files,
        public_url="http://hub",
        file_url=lambda file: file,
        allow_hosts=frozenset(),
        max_body=1 << 20,
        max_file=1 << 20,
    )
    token = {"token": "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "mode": "webhook"}
    return {
        "site": build(Account(id="site", kind="http", options={"secret": SECRET}), deps),
        "bot": build_telegram(Account(id="bot", kind="telegram", options=token), deps),
    }


@pytest.fixture
async def port(store: Store) -> AsyncIterator[int]:
    made = receivers(store)
    assert isinstance(made["site"], Door)
    ingress = Ingress(made, store.inbox, SystemClock())  # type: ignore[arg-type]
    files = OutFiles(store.files, SystemClock(), b"key", "http://hub")
    app = web.Application()
    app.add_routes([*ingress.routes(), *files.routes()])
    async with TestServer(app) as server:
        assert server.port is not None
        yield server.port


async def said(port: int, line: bytes, headers: bytes = b"", body: bytes = b"") -> int:
    """The status of the answer to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = b"Content-Length: %d\r\n" % len(body)
    writer.write(line + b" HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n" + headers + length)
    writer.write(b"\r\n" + body)
    await writer.drain()
    answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1])


def signed(body: bytes) -> bytes:
    headers = proof.signed(SECRET.encode(), datetime.now(UTC), body)
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


@pytest.mark.parametrize(
    "headers",
    [
        b"X-Hub-Signature: \xff\xfe\r\nX-Hub-Timestamp: 1\r\n",
        b"X-Hub-Signature: sha256=00\r\nX-Hub-Timestamp: \xff\r\n",
        b"X-Hub-Signature: sha256=\xd0\xb0\r\nX-Hub-Timestamp: \xd9\xa1\r\n",
    ],
)
async def test_proof_that_is_no_text_is_a_wrong_proof(port: int, headers: bytes) -> None:
    assert await said(port, b"POST /in/site", headers, b"{}") == 403


async def test_secret_that_is_no_text_is_a_wrong_secret(port: int) -> None:
    headers = b"X-Telegram-Bot-Api-Secret-Token: \xff\xfe\r\n"
    assert await said(port, b"POST /in/bot", headers, b"{}") == 403


async def test_odd_headers_of_a_proxy_lose_no_message(port: int, store: Store) -> None:
    body = json.dumps({"id": "1", "text": "Нет воды"}).encode()
    odd = b"X-Odd: \xff\xfe\r\n$where: 1\r\na.b: 2\r\n"
    assert await said(port, b"POST /in/site?a=%ff", odd + signed(body), body) == 202
    page = await store.inbox.page(account="site", state="new", cursor=None, limit=10)
    assert [row.raw.headers["x-odd"] for row in page.items] == ["\ufffd\ufffd"]


@pytest.mark.parametrize(
    "path", [b"/out/x/%C2%B2/y", b"/out/x/" + b"9" * 5000 + b"/y", b"/out/x/99999999999/%ff"]
)
async def test_made_up_addresses_of_files_are_not_there(port: int, path: bytes) -> None:
    assert await said(port, b"GET " + path) == 404
