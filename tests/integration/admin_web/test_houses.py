"""Houses: what is kept of them, and the sheets that hang in their entrances."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from aiohttp import FormData
from openpyxl import load_workbook
from PIL import Image

from tests.support.desk import Browser, browsing, furnished, hire
from tests.support.world import World

HOUSE = {"address": " ул. Ленина,  д. 5 ", "entrance": "2", "rev": "0"}


@pytest.fixture
async def desk() -> AsyncIterator[tuple[World, Browser]]:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin")
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        yield world, browser


async def made(browser: Browser, **fields: str) -> str:
    answer = await browser.post("/admin/houses/new", HOUSE | fields)
    assert answer.status == 303
    return answer.headers["Location"].rpartition("/")[2]


def read_code(image: Image.Image) -> str:
    """What a camera sees."""
    (found,) = zxingcpp.read_barcodes(image)
    return str(found.text)


async def test_a_house_is_made_changed_and_taken_out_of_use(desk: Any) -> None:
    world, browser = desk
    code = await made(browser)
    page = await (await browser.get(f"/admin/houses/{code}")).text()
    assert "ул. Ленина, д. 5" in page
    assert f"https://t.me/dom_bot?start=h_{code}" in page
    changed = await browser.post(f"/admin/houses/{code}", HOUSE | {"entrance": "3"})
    assert changed.status == 303
    stale = await browser.post(f"/admin/houses/{code}", HOUSE | {"entrance": "4"})
    assert stale.status == 409
    await browser.post(f"/admin/houses/{code}/deactivate")
    assert (await world.store.houses.get(code)).active is False
    page = await (await browser.get(f"/admin/houses/{code}")).text()
    assert "Вернуть в работу" in page
    assert "start=h_" not in page
    await browser.post(f"/admin/houses/{code}/activate")
    house = await world.store.houses.get(code)
    assert (house.address, house.entrance, house.active) == ("ул. Ленина, д. 5", "3", True)


async def test_a_house_without_address_is_refused_in_place(desk: Any) -> None:
    _, browser = desk
    refused = await browser.post("/admin/houses/new", HOUSE | {"address": " "})
    assert refused.status == 422
    assert "Адрес: нужно заполнить" in await refused.text()


async def test_the_same_house_twice_is_refused_in_place(desk: Any) -> None:
    _, browser = desk
    code = await made(browser)
    again = await browser.post("/admin/houses/new", HOUSE | {"address": "УЛ. ЛЕНИНА, д. 5"})
    assert again.status == 422
    assert "Адрес: так уже есть" in await again.text()
    assert (await browser.post(f"/admin/houses/{code}", HOUSE)).status == 303


async def test_houses_are_found_by_words(desk: Any) -> None:
    _, browser = desk
    await made(browser)
    await made(browser, address="пр. Мира, д. 10", entrance="")
    page = await (await browser.get("/admin/houses?q=мира 10")).text()
    assert "пр. Мира, д. 10" in page
    assert "ул. Ленина" not in page


async def test_the_code_leads_to_the_house(desk: Any) -> None:
    _, browser = desk
    code = await made(browser)
    answer = await browser.get(f"/admin/houses/{code}/qr.png")
    assert answer.content_type == "image/png"
    picture = Image.open(io.BytesIO(await answer.read()))
    assert read_code(picture) == f"https://t.me/dom_bot?start=h_{code}"


@pytest.mark.parametrize(("size", "width"), [("a5", 148), ("a4", 210)])
async def test_a_printed_sheet_is_read_by_people_and_cameras(
    desk: Any, size: str, width: int
) -> None:
    _, browser = desk
    code = await made(browser)
    answer = await browser.get(f"/admin/houses/{code}/sheet.pdf?size={size}")
    assert answer.content_type == "application/pdf"
    (page,) = pypdfium2.PdfDocument(await answer.read())
    assert round(page.get_width() / 72 * 25.4) == width
    words = re.sub(r"\s+", " ", page.get_textpage().get_text_range())
    assert "Вопрос по дому? Напишите нам" in words
    assert "ул. Ленина, д. 5, подъезд 2" in words
    assert "УК Дом · +7 (814) 255-10-10" in words
    assert read_code(page.render(scale=2).to_pil()) == f"https://t.me/dom_bot?start=h_{code}"


async def test_many_sheets_are_printed_at_once(desk: Any) -> None:
    _, browser = desk
    one, two = await made(browser), await made(browser, address="пр. Мира, д. 10")
    gone = await made(browser, address="снесённый дом")
    await browser.post(f"/admin/houses/{gone}/deactivate")
    printed = await browser.get(f"/admin/houses/sheets.pdf?code={two}&code={gone}")
    (page,) = pypdfium2.PdfDocument(await printed.read())
    assert "Мира" in page.get_textpage().get_text_range()
    everything = await browser.get("/admin/houses/sheets.pdf?size=a4")
    found = pypdfium2.PdfDocument(await everything.read())
    links = [read_code(page.render(scale=2).to_pil()) for page in found]
    assert sorted(links) == sorted(f"https://t.me/dom_bot?start=h_{code}" for code in (one, two))
    assert (await browser.get("/admin/houses/sheets.pdf?size=a0")).status == 422
    assert (await browser.get(f"/admin/houses/sheets.pdf?code={gone}")).status == 404


async def test_import_adds_what_is_new_and_keeps_codes(desk: Any) -> None:
    world, browser = desk
    code = await made(browser)
    await browser.post(f"/admin/houses/{code}/deactivate")
    sheet = "Адрес;Подъезд\r\nУл. Ленина, д. 5;2\r\nпр. Мира, д. 10;\r\n;\r\nпр. Мира, д. 10;\r\n"
    form = FormData()
    form.add_field("file", sheet.encode("cp1251"), filename="дома.csv")
    brought = await browser.post("/admin/houses/import", form)
    shown = await (await browser.get(brought.headers["Location"])).text()
    assert "Добавлено домов: 1, возвращено в работу: 1." in shown
    houses = {one.address: one for one in await world.store.houses.all()}
    assert set(houses) == {"ул. Ленина, д. 5", "пр. Мира, д. 10"}
    assert houses["ул. Ленина, д. 5"].code == code
    assert houses["ул. Ленина, д. 5"].active


async def test_export_names_the_links(desk: Any) -> None:
    _, browser = desk
    code = await made(browser)
    book = await (await browser.get("/admin/houses/export")).read()
    rows = list(load_workbook(io.BytesIO(book)).worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("Адрес", "Подъезд", "Ссылка")
    assert rows[1:] == [("ул. Ленина, д. 5", "2", f"https://t.me/dom_bot?start=h_{code}")]
