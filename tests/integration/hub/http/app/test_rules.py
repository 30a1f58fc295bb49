"""The description, and pages of other hosts."""

from __future__ import annotations

import msgspec
import pytest
from openapi_spec_validator import validate

from hub.http.app import ROUTES
from hub.http.app.frames import FRAMES
from tests.support.residentapp import AppWorld, Client, Phone, serving

PAGE = "https://app.example.org"
ASKS = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}


def test_every_served_address_stands_in_the_table(world: AppWorld) -> None:
    served = {
        (route.method, route.resource.canonical)
        for route in world.application().router.routes()
        if route.resource is not None
    }
    declared = {(route.method, route.plain_path) for route in ROUTES}
    assert served == declared | {("GET", "/openapi.json"), ("GET", "/live")}
    assert len(declared) == len(ROUTES)
    assert len({route.name for route in ROUTES}) == len(ROUTES)


async def test_description_is_valid_and_complete(client: Client) -> None:
    response = await client.get("/app/v1/openapi.json")
    document = await response.json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), address)
        for address, methods in document["paths"].items()
        for method in methods
    }
    assert described == {(route.method, route.plain_path) for route in ROUTES} | {("GET", "/live")}
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert "default" in operation["responses"]
    assert {one.__name__ for one in FRAMES} <= set(document["components"]["schemas"])


async def test_answers_are_what_the_description_says(world: AppWorld, anna: Phone) -> None:
    await anna.begin("Нет воды", "k1")
    await world.settle()
    for route in ROUTES:
        if route.method == "GET" and route.returns is not None and "{id" not in route.path:
            path = route.plain_path.replace("{number}", "1")
            said = await anna.get(path)
            shown = msgspec.convert(said, route.returns, strict=False)
            assert set(said) == set(shown.__struct_fields__)


async def test_no_page_of_another_host_may_call_unless_it_is_named(client: Client) -> None:
    refused = await client.options("/app/v1/cases", headers=ASKS)
    assert refused.status == 403
    answer = await client.get("/app/v1/openapi.json", headers={"Origin": PAGE})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("listed", [[PAGE, "https://two.example.org/"], f"{PAGE}, https://two.x"])
async def test_named_pages_may_call(listed: object) -> None:
    world = AppWorld(origins=listed)
    async with serving(world) as client:
        asked = await client.options("/app/v1/cases", headers=ASKS)
        assert asked.status == 204
        assert asked.headers["Access-Control-Allow-Origin"] == PAGE
        assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
        assert "Access-Control-Allow-Credentials" not in asked.headers
        # A refusal can be read by the page as well.
        refused = await client.get("/app/v1/me", headers={"Origin": PAGE})
        assert refused.status == 401
        assert refused.headers["Access-Control-Allow-Origin"] == PAGE
        evil = await client.options("/app/v1/cases", headers={**ASKS, "Origin": "https://evil.x"})
        assert evil.status == 403
        assert "Access-Control-Allow-Origin" not in evil.headers
        socket = await client.ws_connect("/app/v1/live", origin=PAGE)
        await socket.close()


async def test_an_unknown_address_is_a_problem(client: Client) -> None:
    for method, path, status in (("GET", "/nothing", 404), ("PUT", "/cases", 405)):
        response = await client.request(method, f"/app/v1{path}")
        assert response.status == status
        assert response.content_type == "application/problem+json"
