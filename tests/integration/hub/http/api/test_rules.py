"""Every route by enumeration: proof, scope, description. A new route without a rule fails here."""

from __future__ import annotations

from typing import get_args

import pytest
from aiohttp import web
from openapi_spec_validator import validate

from hub.domain.rights import SCOPES, Right
from hub.http.api import build
from hub.http.api.routes import Route
from hub.http.api.table import ROUTES
from tests.support.api import Program, token
from tests.support.world import World

EVERY = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)


def path(route: Route) -> str:
    return route.plain_path.replace("{number}", "1").replace("{id}", "x")


def test_every_served_address_stands_in_the_table(world: World) -> None:
    served = {
        (route.method, route.resource.canonical)
        for route in build(world.services).router.routes()
        if route.resource is not None
    }
    declared = {(route.method, route.plain_path) for route in ROUTES}
    assert served == declared | {("GET", "/openapi.json")}
    assert len(declared) == len(ROUTES)
    assert {route.right for route in ROUTES} <= set(get_args(Right))


@EVERY
async def test_without_a_token_nothing_is_told(api: Program, route: Route) -> None:
    response = await api.call(route.method, path(route), token="")
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.content_type == "application/problem+json"


@EVERY
async def test_unknown_token_is_no_token(api: Program, route: Route) -> None:
    assert (await api.call(route.method, path(route), token="hub_made_up")).status == 401


@EVERY
async def test_token_without_the_scope_is_refused(api: Program, world: World, route: Route) -> None:
    others = [name for name, rights in SCOPES.items() if route.right not in rights]
    assert others
    refused = await token(world.services, *others)
    response = await api.call(route.method, path(route), token=refused)
    assert response.status == 403
    problem = await response.json()
    assert problem["key"] == "forbidden"
    assert route.right in SCOPES[problem["params"]["scope"]]


@EVERY
async def test_token_with_the_scope_comes_through(api: Program, world: World, route: Route) -> None:
    for scope, rights in SCOPES.items():
        if route.right in rights:
            granted = await token(world.services, scope)
            response = await api.call(route.method, path(route), token=granted)
            assert response.status not in {401, 403, 500}, await response.text()


async def test_revoked_token_is_no_token(api: Program, world: World) -> None:
    await api.get("/cases")
    await world.store.staff.revoke_token("tests")
    assert (await api.call("GET", "/cases")).status == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer " + "x" * 5000])
async def test_odd_proofs_are_no_proof(api: Program, header: str) -> None:
    response = await api.call("GET", "/cases", token="", headers={"Authorization": header})
    assert response.status == 401


async def test_description_is_valid_and_complete(api: Program) -> None:
    response = await api.call("GET", "/openapi.json", token="")
    assert response.status == 200
    document = await response.json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), address)
        for address, methods in document["paths"].items()
        for method in methods
    }
    assert described == {(route.method, route.plain_path) for route in ROUTES}
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["security"][0]["bearer"]


async def test_description_names_what_the_answers_hold(api: Program, world: World) -> None:
    """A reader that trusts the document meets no field that it does not name."""
    schemas = (await api.get("/openapi.json"))["components"]["schemas"]
    await world.say("Нет воды")
    case = await api.get("/cases/1")
    assert set(case) <= set(schemas["CaseOut"]["properties"])
    assert set(case["thread"][0]) <= set(schemas["EntryOut"]["properties"])
    assert set(schemas["CaseOut"]["required"]) <= set(case)


async def test_wrong_address_and_wrong_method_are_problems_too(api: Program) -> None:
    missing = await api.call("GET", "/nothing")
    assert (missing.status, (await missing.json())["key"]) == (404, "not_found")
    wrong = await api.call("PUT", "/cases")
    assert (wrong.status, wrong.content_type) == (405, "application/problem+json")
    assert wrong.headers["Allow"] == "GET,POST"


async def test_answers_are_neither_kept_nor_guessed_at(api: Program) -> None:
    response = await api.call("GET", "/cases")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_nobody_foresaw_is_a_problem_without_a_word_of_it(
    api: Program, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(world.services.queries, "page", broken)
    response = await api.call("GET", "/cases")
    assert (response.status, response.content_type) == (500, "application/problem+json")
    assert "secret" not in await response.text()


def test_a_route_cannot_be_declared_without_a_right() -> None:
    with pytest.raises(TypeError):
        Route("GET", "/open", handler=web.Response)  # type: ignore[call-arg,arg-type]
