"""What is pressed at an older entry of a long thread, in Chromium: it is done, and shown there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from hub.domain.staff import Actor
from tests.browser.test_desk import Desk
from tests.browser.test_mails import mailed
from tests.support.chromium import available

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]

MANY = 170
STRANGER = 3


async def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("HUB_LOOK"):
        await page.screenshot(path=str(Path(folder) / f"{name}.png"))


async def long_since(desk: Desk) -> Locator:
    """The stranger's mail, after much was written and the older entries were asked for."""
    emma = Actor.of((await desk.pages.services.people.directory()).staff["emma"])
    for number in range(MANY):
        await desk.pages.services.replies.comment(1, emma, f"Заметка {number}", key=f"c{number}")
    await desk.world.settle()
    case = await desk.world.store.cases.get(1)
    assert case is not None
    assert case.by_seq(STRANGER) is None
    await desk.open("/desk/cases/1")
    await desk.page.get_by_role("button", name="Показать раньше").click()
    asked = desk.page.locator(f"[data-entry='{STRANGER}']")
    await expect(asked).to_contain_text("И у нас в третьем")
    await asked.scroll_into_view_if_needed()
    return asked


@pytest.mark.parametrize("width", [1440, 390])
async def test_an_older_mail_is_accepted_and_stays_in_sight(width: int) -> None:
    async with mailed(width) as desk:
        asked = await long_since(desk)
        await _picture(desk.page, f"older-asked-{width}")
        await asked.get_by_role("button", name="Принять как сообщение").click()
        await expect(asked.get_by_role("button", name="Принять как сообщение")).to_have_count(0)
        await expect(asked).to_be_in_viewport()
        await expect(asked).not_to_have_class("bubble bubble-note")
        await _picture(desk.page, f"older-accepted-{width}")
        entry = await desk.world.store.cases.paged_entry(1, STRANGER)
        assert entry is not None
        assert entry.kind == "message"


async def test_an_older_mail_becomes_a_case_of_its_own() -> None:
    async with mailed() as desk:
        asked = await long_since(desk)
        await asked.get_by_role("button", name="Отдельное обращение").click()
        await expect(asked).to_contain_text("вынесено в обращение №2")
        await expect(asked).to_be_in_viewport()
        await _picture(desk.page, "older-apart")
        await asked.get_by_role("link", name="обращение №2").click()
        await expect(desk.page.locator("[data-entry='1']")).to_contain_text("И у нас в третьем")


async def test_the_writer_of_an_older_mail_is_answered_apart() -> None:
    async with mailed() as desk:
        asked = await long_since(desk)
        await asked.get_by_role("button", name="Ответить отдельно").click()
        await desk.page.wait_for_url("**/desk/cases/2")
        await expect(desk.page.locator("[data-entry='1']")).to_contain_text("И у нас в третьем")
