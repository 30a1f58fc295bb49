"""What /health and /metrics tell, and what they must not tell."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from hub.http import health
from hub.http.health import Health
from hub.metrics import Metrics

Client = TestClient[Any, Any]


async def well() -> str | None:
    return None


async def broken() -> str | None:
    raise OSError("mongodb://hub:secret@db said no")


async def serve(page: Health) -> Client:
    app = web.Application()
    app.add_routes(page.routes())
    client = TestClient(TestServer(app))
    await client.start_server()
    return client


@pytest.fixture
async def clients() -> AsyncIterator[list[Client]]:
    opened: list[Client] = []
    yield opened
    for client in opened:
        await client.close()


async def test_ready_names_every_check(clients: list[Client]) -> None:
    page = Health({"mongo": well, "redis": well}, Metrics().render)
    client = await serve(page)
    clients.append(client)
    answer = await client.get("/health/ready")
    assert answer.status == 200
    body = await answer.json()
    assert body["status"] == "ok"
    assert {name: one["ok"] for name, one in body["checks"].items()} == {
        "mongo": True,
        "redis": True,
    }


async def test_one_failing_check_is_red_and_tells_no_secret(clients: list[Client]) -> None:
    async def late() -> str | None:
        return "clock_off"

    client = await serve(Health({"mongo": broken, "clock": late, "redis": well}, Metrics().render))
    clients.append(client)
    answer = await client.get("/health/ready")
    assert answer.status == 503
    assert "secret" not in await answer.text()
    checks = (await answer.json())["checks"]
    assert checks["mongo"]["reason"] == "error"
    assert checks["clock"]["reason"] == "clock_off"
    assert checks["redis"]["ok"]
    assert (await client.get("/health/live")).status == 200


async def test_a_check_that_hangs_is_a_timeout(
    clients: list[Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs() -> str | None:
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(health, "CHECK_SECONDS", 0.01)
    client = await serve(Health({"redis": hangs}, Metrics().render))
    clients.append(client)
    answer = await client.get("/health/ready")
    assert (await answer.json())["checks"]["redis"]["reason"] == "timeout"


async def test_a_stopping_process_is_not_ready(clients: list[Client]) -> None:
    page = Health({"mongo": well}, Metrics().render)
    client = await serve(page)
    clients.append(client)
    page.stopping = True
    answer = await client.get("/health/ready")
    assert answer.status == 503
    assert (await answer.json())["status"] == "stopping"


async def test_metrics_are_read_anew_and_survive_a_store_that_is_down(
    clients: list[Client],
) -> None:
    metrics = Metrics()

    async def refresh() -> None:
        metrics.waiting("inbox", 2, 7.0)

    first = await serve(Health({}, metrics.render, refresh))
    clients.append(first)
    answer = await first.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'hub_oldest_seconds{queue="inbox"} 7.0' in await answer.text()

    async def down() -> None:
        raise OSError("down")

    second = await serve(Health({}, Metrics().render, down))
    clients.append(second)
    assert (await second.get("/metrics")).status == 200
