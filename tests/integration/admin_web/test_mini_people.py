"""Residents and what did not arrive, inside Telegram: every way on stays there."""

from __future__ import annotations

import re

import pytest

from hub.domain.message import Rejected
from tests.support.desk import browsing, furnished, hire
from tests.support.miniapp import data_of, link, open_mini
from tests.support.world import World


@pytest.mark.parametrize("page", ["failures", "contacts", "contacts/{id}"])
async def test_pages_of_people_stay_within_the_mini_app(page: str) -> None:
    world = World()
    services, pages, _ = furnished(world)
    await link(services, await hire(services, "emma"))
    await world.say("Нет воды")
    world.channel.outcomes = [Rejected("blocked")]
    await world.services.replies.send(1, await world.staff("olga"), "Едем")
    await world.settle()
    contact = (await world.services.book.load(1)).contact.id
    async with browsing(pages) as browser:
        await open_mini(browser, data_of(world.clock.now()), "1")
        shown = await browser.get(f"/mini/desk/{page.format(id=contact)}")
        text = await shown.text()
        assert shown.status == 200
        assert "Anna" in text
        assert 'class="rail"' not in text
        ways = re.findall(r'(?:href|hx-get|hx-post|action)="(/[^"]*)"', text)
        assert ways
        assert [way for way in ways if not way.startswith(("/mini/", "/static/"))] == []
        assert "Не дошло" in await (await browser.get("/mini/desk")).text()
