"""What an address from outside may lead to: nothing inside."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from hub.fetch import PublicFetch, is_public
from hub.http.server import serving
from hub.ports.channel import FetchFailed


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "2001:0:53aa:64c:0:0:0:1",
        "ff02::1",
        "localhost",
        "",
    ],
)
def test_not_public(host: str) -> None:
    assert not is_public(host)


@pytest.mark.parametrize("host", ["1.1.1.1", "93.184.216.34", "2606:4700::1111"])
def test_public(host: str) -> None:
    assert is_public(host)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://example.org/x",
        "http://",
        "http://user:pw@example.org/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://example.org:99999/",
        "no address at all",
    ],
)
def test_addresses_that_are_not_asked(address: str) -> None:
    with pytest.raises(FetchFailed, match="file_address") as refused:
        PublicFetch().admit(address)
    assert refused.value.final


class Names(AbstractResolver):
    """Every name leads to this address."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=self.host, port=port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        return None


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async def file(request: web.Request) -> web.Response:
        return web.Response(body=b"0123456789")

    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound("/file")

    async def gone(request: web.Request) -> web.Response:
        raise web.HTTPGone

    async def busy(request: web.Request) -> web.Response:
        raise web.HTTPServiceUnavailable

    async def stream(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(10):
            await answer.write(b"0123456789")
        return answer

    app = web.Application()
    for path, handler in (
        ("/file", file),
        ("/away", away),
        ("/gone", gone),
        ("/busy", busy),
        ("/stream", stream),
    ):
        app.router.add_get(path, handler)
    async with serving(app, "127.0.0.1", 0) as port:
        yield port


async def read(fetch: PublicFetch, address: str, limit: int = 100) -> bytes:
    try:
        return b"".join([chunk async for chunk in fetch.read(address, limit)])
    finally:
        await fetch.close()


async def test_a_name_that_leads_inside_is_not_followed(port: int) -> None:
    names = Names("127.0.0.1")
    with pytest.raises(FetchFailed, match="file_address"):
        await read(PublicFetch(resolver=names), f"http://files.example.org:{port}/file")
    assert names.asked == 1


async def test_an_allowed_host_may_be_inside(port: int) -> None:
    address = f"http://files.test:{port}/file"
    for allow in ("files.test", f"files.test:{port}"):
        fetch = PublicFetch([allow], resolver=Names("127.0.0.1"))
        assert await read(fetch, address) == b"0123456789"
    assert await read(PublicFetch(["127.0.0.1"]), f"http://127.0.0.1:{port}/file") == b"0123456789"


@pytest.mark.parametrize(
    ("path", "reason", "final"),
    [
        ("away", "file_refused", True),
        ("gone", "file_gone", True),
        ("busy", "file_unavailable", False),
        ("nothing", "file_gone", True),
    ],
)
async def test_what_went_wrong_is_named(port: int, path: str, reason: str, final: bool) -> None:
    with pytest.raises(FetchFailed) as failed:
        await read(PublicFetch(["127.0.0.1"]), f"http://127.0.0.1:{port}/{path}")
    assert (failed.value.reason, failed.value.final) == (reason, final)


@pytest.mark.parametrize("path", ["file", "stream"])
async def test_a_file_over_the_limit_is_broken_off(port: int, path: str) -> None:
    with pytest.raises(FetchFailed, match="file_too_large"):
        await read(PublicFetch(["127.0.0.1"]), f"http://127.0.0.1:{port}/{path}", limit=9)


async def test_nobody_there_is_tried_again(port: int) -> None:
    with pytest.raises(FetchFailed) as failed:
        await read(PublicFetch(["127.0.0.1"]), "http://127.0.0.1:1/file")
    assert not failed.value.final
