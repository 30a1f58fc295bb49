"""One's own notices and shift by the page, and what the admin sees and sets of them."""

from __future__ import annotations

import re

from hub.domain.notices import NoticeSettings, Quiet
from hub.domain.staff import Actor
from tests.support.desk import browsing, furnished, hire
from tests.support.world import World

CHOSEN = {"scope": "mine", "quiet_from": "22:00", "quiet_to": "07:30", "digest": "at"}


async def test_what_is_chosen_on_the_page_is_what_the_hub_goes_by() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        first = await (await browser.get("/desk/me")).text()
        assert re.search(r'name="scope" value="all" checked', first)
        saved = await browser.post("/desk/me", CHOSEN | {"hours": "9, 13;17"})
        assert saved.headers["Location"] == "/desk/me?saved"
        shown = await (await browser.get("/desk/me?saved")).text()
        assert 'value="22:00"' in shown
        assert 'value="9, 13, 17"' in shown
        assert "Сохранено" in shown
    kept = (await services.people.get("emma")).notices
    assert kept == NoticeSettings(
        scope="mine", quiet=Quiet(22 * 60, 450), digest="at", hours=(9, 13, 17)
    )


async def test_what_makes_no_sense_is_said_in_place_and_changes_nothing() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        for wrong, words in (
            ({"hours": ""}, "Часы сводки"),
            ({"hours": "утром"}, "Часы сводки"),
            ({"hours": "24"}, "Часы сводки"),
            ({"digest": "off", "quiet_to": ""}, "Тихие часы"),
            ({"digest": "off", "quiet_to": "22:00"}, "Тихие часы"),
            ({"digest": "off", "quiet_to": "99:99"}, "Тихие часы"),
            ({"digest": "never"}, "Сводка"),
            ({"scope": "никого"}, "Права"),
        ):
            refused = await browser.post("/desk/me", CHOSEN | {"hours": "9"} | wrong)
            assert refused.status == 422, wrong
            assert words in await refused.text(), wrong
    assert (await services.people.get("emma")).notices == NoticeSettings()


async def test_the_switch_of_the_desk_changes_ones_own_shift_alone() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    await hire(services, "boss", "admin")
    async with browsing(pages) as browser, browsing(pages) as boss:
        await browser.come_in("emma")
        desk = await (await browser.get("/desk")).text()
        assert "Смена не отмечена" in desk
        assert 'hx-post="/desk/shift"' in desk
        changed = await browser.post("/desk/shift", {"state": "on"}, htmx=True)
        assert changed.status == 204
        assert re.search(r'value="on" selected', await (await browser.get("/desk")).text())
        wrong = await browser.post("/desk/shift", {"state": "asleep", "login": "boss"}, htmx=True)
        assert wrong.status == 422
        world.clock.forward(hours=3, minutes=20)
        page = await (await browser.get("/desk/me")).text()
        assert re.search(r"Сегодня на смене: 3\sч 20\sмин", page)
        plain = await browser.post("/desk/shift", {"state": "break"})
        assert plain.headers["Location"] == "/desk/me"
        await boss.come_in("boss")
        people = await (await boss.get("/admin/staff")).text()
        assert people.count("перерыв") == 1
    assert (await services.people.get("boss")).shift is None
    spans = await services.deps.shifts.since(world.clock.now().replace(hour=0))
    assert [(span.login, span.state) for span in spans] == [("emma", "on")]


async def test_a_reader_has_no_shift_to_keep() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "reader", "reader")
    async with browsing(pages) as browser:
        await browser.come_in("reader")
        assert "/desk/shift" not in await (await browser.get("/desk")).text()


async def test_a_group_says_whom_to_call_and_history_says_who_was_called() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin", "operator")
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        await browser.post("/admin/groups/new", {"name": "Юг", "active": "1"})
        (south,) = (await services.people.directory()).groups
        body = {"name": "Север", "active": "1", "default": "1"}
        rules = {"escalate_minutes": "10", "next_group": south, "remind_minutes": ""}
        made = await browser.post("/admin/groups/new", body | rules)
        address = made.headers["Location"]
        page = await (await browser.get(address)).text()
        assert re.search(r'name="escalate_minutes"[^>]*value="10"', page)
        assert re.search(rf'value="{south}" selected', page)
        north = (await services.people.directory()).groups[address.rpartition("/")[2]]
        assert (north.escalate_minutes, north.next_group, north.remind_minutes) == (10, south, 0)
        for wrong in (
            {"escalate_minutes": "-5"},
            {"escalate_minutes": "99999"},
            {"remind_minutes": "скоро"},
            {"next_group": "nothing"},
            {"next_group": north.id},
        ):
            refused = await browser.post(address, body | rules | wrong)
            assert refused.status == 422, wrong
        await world.say("Нет воды", "anna")
        world.clock.forward(minutes=10)
        await world.timers.deadlines()
        history = await (await browser.get("/desk/cases/1?tab=history")).text()
        assert "Никто не взял вовремя" in history
        assert "Сообщили группе «Юг» и супервизорам." in history


async def test_a_form_that_does_not_ask_for_the_rules_leaves_them() -> None:
    world = World()
    services, pages, _ = furnished(world)
    boss = Actor.of(await hire(services, "boss", "admin"))
    await world.group("north")
    group = (await services.people.directory()).groups["north"]
    group.escalate_minutes, group.remind_minutes = 5, 30
    await services.people.put_group(group, boss)
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        await browser.post("/admin/groups/north", {"name": "Север", "active": "1"})
    kept = (await services.people.directory()).groups["north"]
    assert (kept.name, kept.escalate_minutes, kept.remind_minutes) == ("Север", 5, 30)
