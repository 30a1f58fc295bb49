"""A case with more history than is kept beside it: all of it can be read."""

from __future__ import annotations

import re

from hub.domain.staff import Actor
from hub.store.paging import MAX_LINES
from tests.support.desk import browsing, furnished, hire
from tests.support.world import World

BUTTON = re.compile(r'hx-get="([^"]*/history\?below=\d+)"')
TURNS = MAX_LINES + 20


async def test_older_lines_come_by_a_button_until_the_first() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await world.group("north")
    emma = Actor.of(await hire(services, "emma"))
    await world.say("Нет воды", "anna")
    for turn in range(TURNS):
        await services.casework.edit(1, emma, subject=f"тема-{turn:03}")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        page = await (await browser.get("/desk/cases/1?tab=history")).text()
        seen, asked = page, 0
        while (button := BUTTON.search(page)) is not None:
            asked += 1
            page = await (await browser.get(button.group(1))).text()
            seen += page
        assert asked
        assert [turn for turn in range(TURNS) if f"тема-{turn:03}" not in seen] == []
        odd = await browser.get("/desk/cases/1/history?below=x")
        assert odd.status == 404
