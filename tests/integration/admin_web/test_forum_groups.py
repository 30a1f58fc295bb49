"""A group's page connects a forum group of Telegram and says what is wrong with it."""

from __future__ import annotations

import re

from hub.domain.staff import Actor, Group
from tests.support.desk import browsing, furnished, hire
from tests.support.world import World


async def test_an_admin_connects_a_forum_group_and_lets_it_go() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin")
    await hire(services, "emma")
    await world.store.staff.put_group(Group(id="main", name="Диспетчерская"))
    boss = Actor.of(await services.people.get("boss"))
    async with browsing(pages) as browser, browsing(pages) as other:
        await browser.come_in("boss")
        await other.come_in("emma")
        assert "Подключить группу" in await (await browser.get("/admin/groups/main")).text()
        assert (await other.post("/admin/groups/main/forum")).status == 403
        page = await (await browser.post("/admin/groups/main/forum")).text()
        code = re.search(r"/connect (\w+)", page)
        assert code
        assert f"https://t.me/staff_bot?startgroup={code[1]}&amp;admin=manage_topics" in page
        # Shown this once.
        assert code[1] not in await (await browser.get("/admin/groups/main")).text()
        place = await services.places.connect(
            code[1], boss, account="staff", chat=-100500, title="Диспетчеры"
        )
        shown = await (await browser.get("/admin/groups/main")).text()
        assert "подключена: Диспетчеры" in shown
        await services.places.trouble(place.id, "rights")
        assert "Боту не хватает прав" in await (await browser.get("/admin/groups/main")).text()
        assert (await other.post("/admin/groups/main/forum/off", {"place": place.id})).status == 403
        await browser.post("/admin/groups/main/forum/off", {"place": place.id})
        gone = await (await browser.get("/admin/groups/main")).text()
        assert "подключена" not in gone
        assert await world.store.forums.places() == []


async def test_saving_a_group_leaves_its_forum_group_alone() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin")
    await world.store.staff.put_group(Group(id="main", name="Диспетчерская"))
    boss = Actor.of(await services.people.get("boss"))
    code = await services.places.code("main", boss)
    await services.places.connect(code, boss, account="staff", chat=-100500, title="Диспетчеры")
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        await browser.post("/admin/groups/main", {"name": "Первая линия", "active": "1"})
    directory = await services.people.directory()
    assert directory.groups["main"].name == "Первая линия"
    place = directory.forum_of("main", 1)
    assert place is not None
    assert place.title == "Диспетчеры"
