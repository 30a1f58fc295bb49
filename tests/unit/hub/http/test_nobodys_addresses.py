"""Whoever calls an address under /in or /api wrongly is a program: it hears a problem document."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web

from hub.domain.errors import StoreDown
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel import Forged, Kept, Key, RawRequest
from hub.texts import TemplateTexts
from tests.support.kept import KeptRows
from tests.unit.hub.http.test_branches import Branchy, Clock, Plain


class Breaking(KeptRows):
    """A store that does what its body says."""

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        if raw.query == "down":
            raise StoreDown(what="inbox", id="x")
        if raw.query == "odd":
            raise RuntimeError("secret words")
        return await super().keep(raw, key)


class Closed(Plain):
    """Believes nobody."""

    def verify(self, raw: RawRequest) -> None:
        raise Forged("no", 403)


async def page(_: web.Request) -> web.Response:
    raise web.HTTPNotFound


@pytest.fixture
async def door() -> AsyncIterator[str]:
    texts = TemplateTexts(Clock(), ZoneInfo("Europe/Moscow"))
    receivers: dict[str, Any] = {"plain": Plain(), "pbx": Branchy(), "closed": Closed()}
    ingress = Ingress(receivers, Breaking(), Clock(), texts=texts)
    api, pages = web.Application(), web.Application()
    api.router.add_get("/cases", page)
    pages.router.add_route("*", "/{rest:.*}", page)
    app = build(ingress.routes(), mounted={"/api/v1": api}, rest=pages)
    async with serving(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


async def call(
    method: str, url: str, body: bytes = b"proven"
) -> tuple[int, Mapping[str, str], dict[str, Any]]:
    async with aiohttp.ClientSession() as http, http.request(method, url, data=body) as answer:
        assert answer.content_type == "application/problem+json"
        return answer.status, answer.headers, json.loads(await answer.read() or b"{}")


@pytest.mark.parametrize(("path", "allow"), [("/in/plain", "GET, POST"), ("/in/pbx", "GET, POST")])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
async def test_a_wrong_method_is_told_with_those_that_are_right(
    door: str, method: str, path: str, allow: str
) -> None:
    status, headers, said = await call(method, door + path)
    assert (status, headers["Allow"]) == (405, allow)
    if method != "HEAD":
        assert (said["status"], said["key"], said["title"]) == (405, "method", "Method Not Allowed")
        assert said["detail"].startswith("Этот адрес так не вызывают")


async def test_below_an_account_only_what_is_posted_is_taken(door: str) -> None:
    status, headers, _ = await call("GET", f"{door}/in/pbx/events/call")
    assert (status, headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path",
    [
        "/in",
        "/in/",
        "/in/plain/",
        "/in/plain/x",
        "/in/pbx/",
        "/in/pbx/other",
        "/in/nobody",
        "/in/nobody/",
        "/api",
        "/api/",
        "/api/v2/cases",
        "/api/v1x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_an_address_that_is_not_there_is_told_in_words(
    door: str, method: str, path: str
) -> None:
    status, headers, said = await call(method, door + path)
    assert (status, said["status"]) == (404, 404)
    assert "Allow" not in headers
    assert said["key"] == ("unknown_account" if "nobody" in path else "unknown_address")
    assert said["detail"].startswith(("Такого канала", "Такого адреса"))


@pytest.mark.parametrize("path", ["/inside", "/apis", "/in-x/plain"])
async def test_pages_keep_their_addresses(door: str, path: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(door + path) as answer:
        assert (answer.status, answer.content_type) == (404, "text/plain")


async def test_the_api_still_speaks_for_itself(door: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{door}/api/v1/cases") as answer:
        assert (answer.status, answer.content_type) == (404, "text/plain")


@pytest.mark.parametrize(
    ("path", "body", "status", "key"),
    [
        ("/in/closed", b"proven", 403, "not_proven"),
        ("/in/plain", b"guess", 401, "not_proven"),
        ("/in/plain", b"x" * 1001, 413, "too_large"),
        ("/in/plain?down", b"proven", 503, "not_kept"),
        ("/in/plain?odd", b"proven", 500, "internal"),
    ],
)
async def test_what_is_not_kept_is_told_alike(
    door: str, path: str, body: bytes, status: int, key: str
) -> None:
    for _ in range(2):
        told, headers, said = await call("POST", door + path, body)
        assert (told, said["status"], said["key"], said["error"]) == (status, status, key, key)
        assert said["type"] == f"urn:residents-hub:problem:{key}"
        assert said["detail"].endswith(".")
        assert "secret" not in str(said)
        assert ("Retry-After" in headers) == (status == 503)
