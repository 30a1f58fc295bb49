"""Who may ask for what: by enumeration, so that a new address without a rule fails."""

from __future__ import annotations

import re

import pytest

from admin_web.app import build
from admin_web.front import POLICY
from admin_web.guard import admits
from admin_web.miniapp.routes import MINI_ROUTES
from admin_web.routes import ROUTES, Route
from hub.domain.rights import MINE, TABLE, may
from hub.domain.staff import ROLES, Actor, Role
from tests.support.desk import Browser, browsing, furnished, hire
from tests.support.world import World

OPEN = {("GET", "/login"), ("POST", "/login")}
MINI_OPEN = {("GET", "/mini/open/{account}"), ("POST", "/mini/open/{account}")}
INSIDE = [route for route in ROUTES if (route.method, route.path) not in OPEN]
UNSAFE = [route for route in ROUTES if route.method != "GET"]
EVERY = (*ROUTES, *MINI_ROUTES)


def address(route: Route) -> str:
    """An address of the route with something in every place of it."""
    path = re.sub(r"\{number:[^}]*\}+", "1", route.path)
    return re.sub(r"\{\w+(?::(?:[^{}]|\{[^{}]*\})*)?\}", "nothing", path)


def named(route: Route) -> str:
    return f"{route.method} {address(route)}"


async def test_every_served_address_has_a_rule_that_the_table_knows() -> None:
    _, pages, _ = furnished(World())
    served = {
        (route.method, route.resource.canonical)
        for route in build(pages).router.routes()
        if route.resource and route.method != "HEAD"
    }
    declared = {
        (route.method, re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}", r"{\1}", route.path))
        for route in EVERY
    }
    assert served - declared == {("GET", "/static/{version}/{name}")}
    assert {route.rule for route in EVERY} <= {*TABLE, "anybody", "staff"}
    anybodys = {(route.method, route.path) for route in EVERY if route.rule == "anybody"}
    assert anybodys == OPEN | MINI_OPEN
    assert len({(route.method, route.path) for route in EVERY}) == len(EVERY)


async def test_nobody_gets_in_without_a_session() -> None:
    _, pages, _ = furnished(World())
    async with browsing(pages) as browser:
        for route in INSIDE:
            if route.method == "GET":
                answer = await browser.get(address(route))
            else:
                answer = await browser.post(address(route))
            if address(route) == "/desk/live":
                assert answer.status == 204
                continue
            assert answer.status == 303, named(route)
            assert answer.headers["Location"].startswith("/login"), named(route)


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_gets_exactly_what_the_table_says(role: Role) -> None:
    world = World()
    services, pages, _ = furnished(world)
    person = await hire(services, "somebody", role)
    actor = Actor.of(person)
    async with browsing(pages) as browser:
        await browser.come_in("somebody")
        for route in INSIDE:
            if "logout" in route.path or "live" in route.path:
                continue
            answer = await _ask(browser, route)
            if not admits(actor, route.rule):
                assert answer == 403, named(route)
            elif route.rule in ("staff", "anybody") or may(actor, route.rule):  # type: ignore[arg-type]
                assert answer != 403, named(route)
            else:
                # A right on one's own cases alone, and case 1 is not theirs (or is not there).
                assert route.rule in MINE, named(route)


async def test_a_right_on_own_cases_opens_no_others() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "ivan", "executor")
    emma = Actor.of(await hire(services, "emma"))
    await world.say("Нет воды", "anna")
    await world.say("Течёт кран", "boris")
    await services.casework.take(1, emma)
    await services.casework.executors(1, emma, add=["ivan"])
    async with browsing(pages) as browser:
        await browser.come_in("ivan")
        assert (await browser.get("/desk/cases/1")).status == 200
        assert (await browser.get("/desk/cases/2")).status == 403
        for path in ("pane", "older?before=5"):
            assert (await browser.get(f"/desk/cases/2/{path}", htmx=True)).status == 403
        comment = await browser.post("/desk/cases/1/comment", {"text": "Выезжаю", "key": "a"})
        assert comment.status == 303
        refused = await browser.post("/desk/cases/2/comment", {"text": "Выезжаю", "key": "b"})
        assert refused.status == 403
        assert (await browser.post("/desk/cases/1/reply", {"text": "Ответ"})).status == 403
        listed = await (await browser.get("/desk?view=all")).text()
        assert 'data-case="1"' in listed
        assert 'data-case="2"' not in listed


async def test_no_unsafe_request_passes_without_the_token() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma", "operator", "supervisor", "admin")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        for route in UNSAFE:
            for wrong in ("", "0" * 64):
                answer = await browser.post(address(route), {"text": "x"}, csrf=wrong)
                assert answer.status == 403, named(route)
        assert (await browser.get("/desk")).status == 200


async def test_every_answer_carries_the_headers_that_keep_pages_apart() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    async with browsing(pages) as browser:
        for path in ("/login", "/desk", "/nothing-here-inside"):
            answer = await browser.get(path)
            if answer.status == 404:
                continue
            assert answer.headers["Content-Security-Policy"] == POLICY
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Frame-Options"] == "DENY"
        await browser.come_in("emma")
        page = await browser.get("/desk")
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"


async def _ask(browser: Browser, route: Route) -> int:
    if route.method == "GET":
        return (await browser.get(address(route))).status
    return (await browser.post(address(route))).status
