"""The desk inside Telegram: who gets in, what ends it, and that its pages are the desk's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from aiohttp import ClientResponse

from admin_web.guard import admits
from admin_web.miniapp.routes import MINI_ROUTES
from admin_web.routes import ROUTES, Route
from hub.domain.rights import MINE, may
from hub.domain.staff import ROLES, SYSTEM, Actor, Role
from hub.services.people import StaffChange
from tests.support.desk import browsing, furnished, hire
from tests.support.miniapp import USER, data_of, link, open_mini
from tests.support.world import World

INSIDE = [route for route in MINI_ROUTES if route.rule != "anybody"]
UNSAFE = [route for route in MINI_ROUTES if route.method != "GET"]


def address(route: Route) -> str:
    path = re.sub(r"\{number:[^}]*\}+", "1", route.path).replace("{account}", "staff")
    return re.sub(r"\{\w+\}", "nothing", path)


async def problem(answer: ClientResponse) -> str:
    found = re.search(r'data-problem="(\w+)"', await answer.text())
    return found[1] if found else ""


async def test_telegram_vouches_and_the_desk_opens() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await link(services, await hire(services, "emma"))
    await world.say("Нет воды")
    async with browsing(pages) as browser:
        answer = await open_mini(browser, data_of(world.clock.now()), "1")
        assert answer.status == 303
        assert answer.headers["Location"] == "/mini/desk/cases/1"
        cookie = answer.cookies["hub_mini"]
        assert (cookie["path"], bool(cookie["httponly"])) == ("/mini", True)
        page = await browser.get("/mini/desk/cases/1")
        text = await page.text()
        assert page.status == 200
        assert "Нет воды" in text
        assert 'class="rail"' not in text
        # Every way on stays within the Mini App.
        ways = re.findall(r'(?:href|hx-get|hx-post|action)="(/[^"]*)"', text)
        assert ways
        outside = [way for way in ways if not way.startswith(("/mini/", "/static/"))]
        assert outside == []
        # The session of the Mini App opens nothing beside it.
        assert (await browser.get("/desk")).headers["Location"].startswith("/login")


async def test_a_session_of_the_desk_opens_no_mini_app() -> None:
    services, pages, _ = furnished(World())
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        assert (await browser.get("/mini/desk")).status == 403


async def test_what_is_done_in_it_is_done_by_the_person() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await link(services, await hire(services, "emma"))
    await world.say("Нет воды")
    async with browsing(pages) as browser:
        await open_mini(browser, data_of(world.clock.now()))
        taken = await browser.post("/mini/desk/cases/1/take", htmx=True)
        assert taken.status == 200
        plain = await browser.post("/mini/desk/cases/1/reply", {"text": "Едем", "key": "k"})
        assert plain.headers["Location"] == "/mini/desk/cases/1"
    case = await services.queries.raw(1, SYSTEM)
    assert case.operator == "emma"
    assert case.thread[-1].text == "Едем"


@pytest.mark.parametrize(
    ("shift", "more", "said"),
    [
        (timedelta(minutes=61), {}, "old"),
        (timedelta(minutes=-2), {}, "ahead"),
        (timedelta(), {"token": "100:other-secret"}, "forged"),
        (timedelta(), {"user": 666}, "stranger"),
    ],
)
async def test_whom_telegram_does_not_vouch_for_reads_what_to_do(
    shift: timedelta, more: dict[str, object], said: str
) -> None:
    world = World()
    services, pages, _ = furnished(world)
    await link(services, await hire(services, "emma"))
    async with browsing(pages) as browser:
        data = data_of(world.clock.now() - shift, **more)  # type: ignore[arg-type]
        answer = await open_mini(browser, data)
        assert answer.status == 403
        assert await problem(answer) == said
        assert (await browser.get("/mini/desk")).status == 403
        nothing = await open_mini(browser, "")
        assert await problem(nothing) == "empty"


async def test_a_second_use_of_the_same_data_opens_nothing_but_a_reload_does() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await link(services, await hire(services, "emma"))
    data = data_of(world.clock.now())
    async with browsing(pages) as mine, browsing(pages) as thief:
        assert (await open_mini(mine, data)).status == 303
        stolen = await open_mini(thief, data)
        assert (stolen.status, await problem(stolen)) == (403, "used")
        assert (await open_mini(mine, data)).status == 303


async def test_what_ends_a_session_ends_this_one_too_and_so_does_the_end_of_the_link() -> None:
    world = World()
    services, pages, _ = furnished(world)
    person = await hire(services, "emma")

    async def deactivated() -> None:
        await services.people.change("emma", StaffChange(active=False), SYSTEM)

    async def other_roles() -> None:
        await services.people.change("emma", StaffChange(roles=["operator", "reader"]), SYSTEM)

    async def unlinked() -> None:
        await services.people.unlink("emma", "staff", SYSTEM)

    async def another_phone() -> None:
        await link(services, person, USER + 1)

    for at, end in enumerate((other_roles, unlinked, another_phone, deactivated)):
        await link(services, person)
        async with browsing(pages) as browser:
            assert (
                await open_mini(browser, data_of(world.clock.now(), query=str(at)))
            ).status == 303
            assert (await browser.get("/mini/desk")).status == 200
            await end()
            ended = await browser.get("/mini/desk")
            assert (ended.status, await problem(ended)) == (403, "ended"), end
            part = await browser.get("/mini/desk/list", htmx=True)
            assert part.headers["HX-Redirect"] == "/mini/desk"
            assert (await browser.get("/mini/desk/live")).status == 204
    async with browsing(pages) as browser:
        gone = await open_mini(browser, data_of(world.clock.now(), query="last"))
        assert await problem(gone) == "stranger"


async def test_nobody_gets_in_without_a_session() -> None:
    _, pages, _ = furnished(World())
    async with browsing(pages) as browser:
        for route in INSIDE:
            ask = browser.get if route.method == "GET" else browser.post
            answer = await ask(address(route))
            wanted = 204 if route.path.endswith("/live") else 403
            assert answer.status == wanted, route


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_gets_exactly_what_the_table_says(role: Role) -> None:
    world = World()
    services, pages, _ = furnished(world)
    person = await hire(services, "somebody", role)
    await link(services, person)
    actor = Actor.of(person)
    async with browsing(pages) as browser:
        await open_mini(browser, data_of(world.clock.now()))
        for route in INSIDE:
            if route.path.endswith("/live"):
                continue
            ask = browser.get if route.method == "GET" else browser.post
            status = (await ask(address(route))).status
            if not admits(actor, route.rule):
                assert status == 403, route
            elif route.rule == "staff" or may(actor, route.rule):  # type: ignore[arg-type]
                assert status != 403, route
            else:
                assert route.rule in MINE, route


async def test_no_unsafe_request_passes_without_the_token() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await link(services, await hire(services, "emma", "operator", "supervisor", "admin"))
    async with browsing(pages) as browser:
        await open_mini(browser, data_of(world.clock.now()))
        for route in UNSAFE:
            for wrong in ("", "0" * 64):
                answer = await browser.post(address(route), {"text": "x"}, csrf=wrong)
                assert answer.status == 403, route
        assert (await browser.get("/mini/desk")).status == 200


async def test_a_browser_that_keeps_no_cookie_is_told_so() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await link(services, await hire(services, "emma"))
    async with browsing(pages) as browser:
        await browser.get("/mini/open/staff")
        browser.client.session.cookie_jar.clear()
        answer = await browser.post("/mini/open/staff", {"data": data_of(world.clock.now())})
        assert (answer.status, await problem(answer)) == (403, "cookies")


async def test_only_its_pages_may_stand_in_telegrams_frames() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await link(services, await hire(services, "emma"))
    async with browsing(pages) as browser:
        await open_mini(browser, data_of(world.clock.now()))
        for path in ("/mini/open/staff", "/mini/desk", "/mini/desk/cases/999", "/mini/nothing"):
            headers = (await browser.get(path)).headers
            policy = headers["Content-Security-Policy"]
            assert "frame-ancestors https://web.telegram.org" in policy
            assert "unsafe" not in policy
            assert "X-Frame-Options" not in headers
            assert headers["X-Content-Type-Options"] == "nosniff"
        assert (
            "frame-ancestors 'none'"
            in (await browser.get("/login")).headers["Content-Security-Policy"]
        )


async def test_an_unknown_bot_opens_nothing() -> None:
    _, pages, _ = furnished(World())
    async with browsing(pages) as browser:
        assert (await browser.get("/mini/open/other")).status == 404


def test_settings_stay_outside() -> None:
    shared = {route.path.removeprefix("/mini") for route in INSIDE}
    assert shared <= {route.path for route in ROUTES}
    assert not any(path.startswith(("/admin", "/password", "/login")) for path in shared)
