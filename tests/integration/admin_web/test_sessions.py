"""Coming in and what ends a session."""

from __future__ import annotations

from hub.domain.staff import SYSTEM, Actor
from hub.services.people import StaffChange
from tests.support.desk import PASSWORD, browsing, furnished, hire
from tests.support.world import World


async def test_a_new_session_begins_with_another_key_and_token() -> None:
    services, pages, _ = furnished(World())
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.get("/login")
        before, token = _cookie(browser), browser.csrf
        answer = await browser.come_in("Emma ")
        assert answer.status == 303
        assert answer.headers["Location"] == "/"
        assert _cookie(browser) != before
        assert browser.csrf != token
        cookie = answer.cookies["hub_session"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


async def test_wrong_password_and_unknown_login_get_the_same_answer() -> None:
    services, pages, _ = furnished(World())
    await hire(services, "emma")
    async with browsing(pages) as browser:
        wrong = await browser.come_in("emma", "not the password")
        first = await wrong.text()
        unknown = await browser.come_in("nobody", "not the password")
        assert wrong.status == unknown.status == 403
        assert first.replace("emma", "") == (await unknown.text()).replace("nobody", "").replace(
            browser.csrf, _token(first)
        )


async def test_guessing_is_slowed_per_login_and_then_the_right_password_waits_too() -> None:
    services, pages, _ = furnished(World())
    await hire(services, "emma")
    await hire(services, "olga")
    async with browsing(pages) as browser:
        for _ in range(pages.login_tries):
            assert (await browser.come_in("emma", "guess")).status == 403
        slowed = await browser.come_in("emma")
        assert slowed.status == 429
        assert "30" in await slowed.text()
        assert (await browser.come_in("olga")).status == 303


async def test_guessing_over_many_logins_is_slowed_per_address() -> None:
    services, pages, _ = furnished(World())
    await hire(services, "emma")
    async with browsing(pages) as browser:
        for index in range(pages.login_tries * 4):
            await browser.come_in(f"guess{index}", "guess")
        assert (await browser.come_in("emma")).status == 429


async def test_deactivation_other_roles_and_a_new_password_end_sessions() -> None:
    services, pages, _ = furnished(World())
    await hire(services, "emma")
    changes = [
        StaffChange(roles=["operator", "supervisor"]),
        StaffChange(password="another horse"),
        StaffChange(active=False),
    ]
    password = PASSWORD
    for change in changes:
        async with browsing(pages) as browser:
            assert (await browser.come_in("emma", password)).status == 303
            assert (await browser.get("/desk")).status == 200
            await services.people.change("emma", change, SYSTEM)
            assert (await browser.get("/desk")).status == 303
            assert "Сеанс окончен" in await (await browser.get("/login")).text()
        password = change.password or password


async def test_own_password_ends_all_other_sessions() -> None:
    services, pages, _ = furnished(World())
    await hire(services, "emma")
    async with browsing(pages) as here, browsing(pages) as there:
        await here.come_in("emma")
        await there.come_in("emma")
        wrong = await here.post("/password", {"old": "nonsense", "new": "long enough"})
        assert wrong.status == 422
        changed = await here.post("/password", {"old": PASSWORD, "new": "long enough"})
        assert changed.status == 303
        assert (await here.get("/desk")).status == 200
        assert (await there.get("/desk")).status == 303


async def test_logging_out_ends_the_session_itself_not_only_the_cookie() -> None:
    services, pages, _ = furnished(World())
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        stolen = _cookie(browser)
        await browser.get("/password")
        assert (await browser.post("/logout")).status == 303
        browser.client.session.cookie_jar.update_cookies({"hub_session": stolen})
        assert (await browser.get("/desk")).status == 303


async def test_who_is_deactivated_gives_cases_back() -> None:
    world = World()
    services, pages, _ = furnished(world)
    emma = Actor.of(await hire(services, "emma"))
    await hire(services, "boss", "admin", "operator")
    await world.say("Нет воды")
    await services.casework.take(1, emma)
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        assert (await browser.post("/admin/staff/emma/deactivate")).status == 303
        assert (await services.queries.raw(1, SYSTEM)).operator == ""
        history = await (await browser.get("/desk/cases/1?tab=history")).text()
        assert "Сотрудник отключён" in history
        assert ">deactivated" not in history
        locked = await browser.post("/admin/staff/boss/deactivate")
        assert locked.status == 422
        assert (await services.people.get("boss")).active


async def test_after_coming_in_one_is_never_sent_to_another_site() -> None:
    services, pages, _ = furnished(World())
    await hire(services, "emma")
    for tricky in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:1"):
        async with browsing(pages) as browser:
            await browser.get("/login")
            answer = await browser.post(
                "/login", {"login": "emma", "password": PASSWORD, "next": tricky}
            )
            assert answer.headers["Location"] == "/"


def _cookie(browser: object) -> str:
    jar = browser.client.session.cookie_jar  # type: ignore[attr-defined]
    return str(next(one.value for one in jar if one.key == "hub_session"))


def _token(page: str) -> str:
    return page.split('name="csrf" value="')[1].split('"')[0]


async def test_pages_speak_the_persons_language() -> None:
    world = World()
    services, pages, _ = furnished(world)
    person = await hire(services, "john", "operator", "admin")
    person.language = "en"
    await world.store.staff.save(person)
    world.store.staff.forget()
    async with browsing(pages) as browser:
        await browser.come_in("john")
        desk = await (await browser.get("/desk")).text()
        assert 'lang="en"' in desk
        assert "My cases" in desk
        assert "Мои обращения" not in desk


async def test_a_failed_try_does_not_lose_where_one_was_going() -> None:
    services, pages, _ = furnished(World())
    await hire(services, "emma")
    async with browsing(pages) as browser:
        asked = await browser.get("/desk/cases/7?tab=files")
        door = await browser.get(asked.headers["Location"])
        assert 'value="/desk/cases/7?tab=files"' in await door.text()
        form = {"login": "emma", "password": "wrong", "next": "/desk/cases/7?tab=files"}
        again = await (await browser.post("/login", form)).text()
        assert 'value="/desk/cases/7?tab=files"' in again
        right = await browser.post("/login", form | {"password": PASSWORD})
        assert right.headers["Location"] == "/desk/cases/7?tab=files"
