"""Settings: what an admin saves is what the hub does; what is refused is said in place."""

from __future__ import annotations

import io
import re

from aiohttp import FormData
from openpyxl import load_workbook

from hub.domain.catalog import ResultCode
from hub.domain.staff import SYSTEM
from hub.ports.channel import RawRequest
from tests.support.desk import PASSWORD, browsing, furnished, hire
from tests.support.world import World


async def test_a_quick_reply_is_made_changed_deleted_and_brought_back() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin", "operator")
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        body = {"title": "Мастер", "text": "Здравствуйте, {имя}!", "folder": "Общие", "seen": "all"}
        made = await browser.post("/admin/quick-replies/new", body | {"rev": "0"})
        address = made.headers["Location"]
        page = await (await browser.get(address)).text()
        assert "Здравствуйте, {имя}!" in page
        rev = re.search(r'name="rev" value="(\d+)"', page)
        assert rev
        changed = await browser.post(address, body | {"title": "Мастер едет", "rev": rev[1]})
        assert changed.status == 303
        stale = await browser.post(address, body | {"title": "Поздно", "rev": "999"})
        assert stale.status == 409
        assert "Поздно" in await stale.text()
        gone = await browser.post(f"{address}/delete")
        assert "Отменить" in await (await browser.get(gone.headers["Location"])).text()
        assert (await browser.get(address)).status == 404
        await browser.post(f"{address}/restore")
        assert "Мастер едет" in await (await browser.get(address)).text()


async def test_an_operator_keeps_private_replies_and_changes_no_common_ones() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    await hire(services, "olga")
    await hire(services, "boss", "admin", "operator")
    body = {"title": "Моё", "text": "Текст", "seen": "me", "rev": "0"}
    async with browsing(pages) as browser, browsing(pages) as other, browsing(pages) as boss:
        await browser.come_in("emma")
        await other.come_in("olga")
        await boss.come_in("boss")
        mine = (await browser.post("/admin/quick-replies/new", body)).headers["Location"]
        assert (await other.get(mine)).status == 404
        common = (
            await boss.post("/admin/quick-replies/new", body | {"seen": "all", "title": "Общий"})
        ).headers["Location"]
        assert (await browser.get(common)).status == 200
        refused = await browser.post(common, body | {"seen": "all"})
        assert refused.status == 403
        assert (await browser.post(f"{common}/delete")).status == 403
        sneaked = await browser.post("/admin/quick-replies/new", body | {"seen": "all"})
        assert sneaked.status == 403


async def test_preview_shows_what_the_resident_will_see_and_names_unknown_variables() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin", "operator")
    await world.say("Нет воды", "anna")
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        shown = await browser.post(
            "/admin/quick-replies/preview", {"text": "{имя}, №{номер} {чепуха}"}, htmx=True
        )
        text = await shown.text()
        assert "Anna, №1 {чепуха}" in text
        assert re.search(r"Неизвестные переменные[^<]*\{чепуха\}", text)
        assert "помещается" in text


async def test_export_and_import_give_the_same_replies_and_no_formulas() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin", "operator")
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        body = {"title": "=1+1", "text": "+7 (911)", "folder": "Общие", "seen": "all", "rev": "0"}
        await browser.post("/admin/quick-replies/new", body)
        book = await (await browser.get("/admin/quick-replies/export")).read()
        cells = list(load_workbook(io.BytesIO(book)).worksheets[0].iter_rows(min_row=2))
        assert [cell.data_type for cell in cells[0]] == ["s", "s", "s"]
        edited = "Название;Папка;Текст\r\n=1+1;Общие;Новый текст\r\nЕщё;Общие;Второй\r\n;;\r\n"
        for name, data in (("a.csv", edited.encode("cp1251")), ("a.xlsx", book)):
            form = FormData()
            form.add_field("file", data, filename=name)
            brought = await browser.post("/admin/quick-replies/import", form)
            assert brought.status == 303
            texts = {one.title: one.text for one in await services.deps.catalog.quick_replies()}
            wanted = "Новый текст" if name == "a.csv" else "+7 (911)"
            assert texts == {"=1+1": wanted, "Ещё": "Второй"}
        for name, data, said in (
            ("b.xlsx", b"PK\x03\x04 nothing", "нужен файл XLSX или CSV"),
            ("b.csv", b"\xff\0", "нужен файл XLSX или CSV"),
            ("b.csv", "Название;Папка;Текст\r\n".encode(), "нет заполненных строк"),
            ("b.csv", b"", "нет заполненных строк"),
        ):
            form = FormData()
            form.add_field("file", data, filename=name)
            refused = await browser.post("/admin/quick-replies/import", form)
            assert refused.status == 422
            assert said in await refused.text()


async def test_a_person_is_hired_and_comes_in_by_page_and_bot() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin")
    async with browsing(pages) as browser, browsing(pages) as newcomer:
        await browser.come_in("boss")
        body = {
            "login": "Nina",
            "name": "Нина Петрова",
            "roles": "operator",
            "phone": "8 911 000-00-01",
        }
        short = await browser.post("/admin/staff/new", body | {"password": "123"})
        assert short.status == 422
        assert "Нина Петрова" in await short.text()
        bad = await browser.post("/admin/staff/new", body | {"phone": "звоните"})
        assert bad.status == 422
        lost = await browser.post("/admin/staff/new", body | {"groups": "norht"})
        assert lost.status == 422
        assert "нет группы norht" in await lost.text()
        made = await browser.post("/admin/staff/new", body | {"password": PASSWORD})
        assert made.headers["Location"] == "/admin/staff/nina"
        again = await browser.post("/admin/staff/new", body | {"password": PASSWORD})
        assert again.status == 409
        person = await services.people.get("nina")
        assert person.phone == "+79110000001"
        moved = await browser.post("/admin/staff/nina", body | {"groups": "norht"})
        assert moved.status == 422
        assert not (await services.people.get("nina")).groups
        assert (await newcomer.come_in("nina")).status == 303
        link = await (await browser.post("/admin/staff/nina/link")).text()
        token = re.search(r"https://t\.me/staff_bot\?start=(\w+)", link)
        assert token
        linked = await services.people.come_in(token[1], "staff", 7, 7)
        assert linked.login == "nina"
        assert "подключён к боту" in await (await browser.get("/admin/staff/nina")).text()
        await browser.post("/admin/staff/nina/unlink", {"account": "staff"})
        assert not (await services.people.get("nina")).bots


async def test_groups_results_types_and_deadlines_are_kept() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin")
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        await browser.post(
            "/admin/groups/new", {"name": "Север", "accounts": "site", "active": "1"}
        )
        (group,) = (await services.people.directory()).groups.values()
        assert (group.name, group.accounts, group.active) == ("Север", ["site"], True)
        await browser.post("/admin/results/new", {"name": "Сделано", "active": "1", "order": "2"})
        (code,) = await services.setup.results(active_only=False)
        assert code == ResultCode(id=code.id, name="Сделано", tell=False, order=2)
        await browser.post("/admin/types/new", {"name": "Похвала", "order": "1"})
        (type_,) = await services.setup.types()
        rule = {"type": type_.id, "channel": "http", "amount": "4", "unit": "60"}
        await browser.post("/admin/deadlines/new", rule)
        (kept,) = await services.setup.deadlines()
        assert (kept.type, kept.channel, kept.minutes) == (type_.id, "http", 240)
        wrong = await browser.post("/admin/deadlines/new", rule | {"amount": "0"})
        assert wrong.status == 422
        await browser.post(f"/admin/deadlines/{kept.id}/delete")
        assert await services.setup.deadlines() == []
        for page in ("groups", "results", "types"):
            assert (await browser.post(f"/admin/{page}/new", {"name": " "})).status == 422


async def test_what_could_not_be_understood_is_read_and_taken_again() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin")
    raw = RawRequest(
        account="site",
        method="POST",
        body=b"<b>not json</b>",
        headers={"id": "x", "lane": "site:x"},
        received_at=world.clock.now(),
    )
    await world.store.inbox.keep(raw, world.channel.key(raw))
    await world.kicks.take(["site:x"])
    await world.settle()
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        listed = await (await browser.get("/admin/quarantine")).text()
        address = re.search(r'href="(/admin/quarantine/\w+)"', listed)
        assert address
        shown = await (await browser.get(address[1])).text()
        assert "&lt;b&gt;not json" in shown
        assert (await browser.post(f"{address[1]}/replay")).status == 303
        (row,) = (await services.queries.inbox(SYSTEM)).items
        assert row.state == "new"
        await world.kicks.take(["site:x"])
        await world.settle()
        assert (await browser.post("/admin/quarantine/replay")).status == 303
        assert (await services.queries.inbox(SYSTEM)).items[0].state == "new"
