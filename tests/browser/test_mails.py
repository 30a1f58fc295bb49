"""A mail on the desk, in Chromium: its markup in a frame, a stranger's decided, on a phone too."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, async_playwright, expect

from hub.domain.staff import Actor
from tests.browser.preview import log_in
from tests.browser.test_desk import Desk
from tests.support.chromium import CHROMIUM, FLAGS, available, patient
from tests.support.desk import furnished, hire
from tests.support.mailworld import MailWorld, written
from tests.support.samples import png

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]

SAID = """Здравствуйте!

Во втором подъезде третий день не горит лампа у лифта, фото приложила.
Прошу заменить до выходных.

С уважением,
Инна Рой, кв. 41

22.11.2026 09:12, УК «Уют» пишет:
> Заявку приняли, электрик будет в среду.
> Обращение №1. Чтобы продолжить разговор, ответьте на это письмо."""
MARKUP = """<div style="font-family:Georgia"><h3 style="color:#1f6feb">Заявка</h3>
<p>Здравствуйте!</p><p>Во втором подъезде третий день <b>не горит лампа</b> у лифта.</p>
<table border="1" cellpadding="6"><tr><td>Подъезд</td><td>2</td></tr><tr><td>Этаж</td><td>1</td>
</tr></table><p><img src="cid:lamp@x" width="120"></p><img src="https://spy.example/p.gif">
<script>document.title = "taken"</script></div>"""


DRAWN_ANEW = """() => new Promise((done) => {
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.sourceElement?.matches?.("main.case")) done();
  });
  document.body.dispatchEvent(new CustomEvent("hub:case:1"));
})"""


def coloured() -> bytes:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = "Инна Рой <inna@mail.example>", "case@uk.example"
    mail["Subject"], mail["Message-ID"] = "Не горит лампа у лифта", "<1@mail.example>"
    mail.set_content(SAID)
    mail.add_alternative(MARKUP, subtype="html")
    html = mail.get_payload()[1]
    assert isinstance(html, EmailMessage)
    html.add_related(png(240, 160), "image", "png", cid="<lamp@x>", filename="лампа.png")
    return mail.as_bytes()


@asynccontextmanager
async def mailed(
    width: int = 1440, scheme: Literal["light", "dark"] = "light"
) -> AsyncIterator[Desk]:
    """A desk with one conversation by mail, into which a neighbour wrote."""
    world = MailWorld()
    services, pages, radio = furnished(world)
    emma = Actor.of(await hire(services, "emma"))
    await world.take(coloured())
    await services.casework.take(1, emma)
    await services.replies.send(1, emma, "Электрик заменит лампу в среду до обеда.", key="r1")
    await world.settle()
    to = str(world.letter()["Reply-To"])
    await world.take(
        written("И у нас в третьем не горит.", sender="sosed@mail.example", to=to, subject="Re: x")
    )
    desk = Desk(world, pages, radio)
    await desk.start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(
            viewport={"width": width, "height": 900}, locale="ru-RU", color_scheme=scheme
        )
        desk.page = page
        await patient(page)
        page.on("console", lambda one: desk.said.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: desk.said.append(str(error)))
        try:
            await log_in(page, desk.address)
            yield desk
            assert desk.complaints() == []
        finally:
            await browser.close()
            await desk.stop()


async def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("HUB_LOOK"):
        await page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
async def test_a_mail_is_shown_as_it_came_without_running_anything(
    width: int, scheme: Literal["light", "dark"]
) -> None:
    async with mailed(width, scheme) as desk:
        page = desk.page
        await desk.open("/desk/cases/1")
        first = page.locator("[data-entry='1']")
        await expect(first).to_contain_text("третий день не горит лампа")
        await expect(first.get_by_text("Заявку приняли")).to_be_hidden()
        await _picture(page, f"mail-{width}-{scheme}")
        await first.get_by_text("Показать цитату").click()
        await expect(first.get_by_text("Заявку приняли")).to_be_visible()
        # What was unfolded, and a menu, stay open when something happens and all is drawn anew.
        menu = page.locator(".case details.menu summary").last
        await menu.click()
        await page.evaluate(DRAWN_ANEW)
        await expect(first.get_by_text("Заявку приняли")).to_be_visible()
        await expect(page.locator(".case details.menu[open]")).to_have_count(1)
        await page.keyboard.press("Escape")
        await first.get_by_text("Показать исходное письмо").click()
        frame = page.frame_locator("iframe[name='mail-1-1']")
        await expect(frame.locator("b")).to_have_text("не горит лампа")
        picture = frame.locator("img").first
        await expect(picture).to_be_visible()
        assert await picture.evaluate("one => one.naturalWidth") == 240
        await _picture(page, f"mail-open-{width}-{scheme}")
        inside = await page.locator("iframe").evaluate(
            "one => document.documentElement.scrollWidth <= window.innerWidth"
        )
        assert inside
        assert "taken" not in await page.title()
        async with page.expect_request("https://spy.example/p.gif"):
            await first.get_by_role("link", name="Показать картинки").click()


async def test_a_strangers_mail_is_accepted_with_one_press() -> None:
    async with mailed() as desk:
        page = desk.page
        await desk.open("/desk/cases/1")
        await page.get_by_role("button", name="Принять как сообщение").click()
        await expect(page.get_by_role("button", name="Принять как сообщение")).to_have_count(0)
        await expect(page.locator("[data-entry='3']")).to_contain_text("И у нас в третьем")
        case = await desk.world.store.cases.get(1)
        assert case is not None
        assert case.thread[-1].kind == "message"


async def test_a_strangers_mail_becomes_a_case_of_its_own() -> None:
    async with mailed(390) as desk:
        page = desk.page
        await desk.open("/desk/cases/1")
        await page.get_by_role("button", name="Отдельное обращение").click()
        await expect(page.locator("[data-entry='3']")).to_contain_text("вынесено в обращение №2")
        await page.get_by_role("link", name="обращение №2").click()
        await expect(page.locator("[data-entry='1']")).to_contain_text("И у нас в третьем")


@pytest.mark.parametrize("width", [1440, 390])
async def test_a_stranger_is_answered_in_a_case_of_their_own(width: int) -> None:
    async with mailed(width) as desk:
        page = desk.page
        await desk.open("/desk/cases/1")
        await _picture(page, f"guest-{width}")
        await page.get_by_role("button", name="Ответить отдельно").click()
        await page.wait_for_url("**/desk/cases/2")
        await expect(page.locator("[data-entry='1']")).to_contain_text("И у нас в третьем")
        await _picture(page, f"guest-own-{width}")
        await page.get_by_role("link", name="Связано с обращением №1").click()
        asked = page.locator("[data-entry='3']")
        await expect(asked).to_contain_text("Ответ — в обращении №2")
        await expect(asked.get_by_role("button", name="Отдельное обращение")).to_have_count(0)
        await _picture(page, f"guest-after-{width}")
        await asked.get_by_role("link", name="обращении №2").click()
        await page.wait_for_url("**/desk/cases/2")
