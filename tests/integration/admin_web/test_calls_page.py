"""Calls on the desk: the log and its tabs, the window that rings, calls that are owed."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from aiohttp import ClientResponse

from hub.domain.callevent import Recording
from hub.domain.staff import Actor
from hub.ports.channel import FetchFailed
from hub.ports.telephony import Refused
from tests.browser.callhouse import MOROZ, SOUND, SVETA, UNKNOWN, CallHouse, call_house
from tests.support.desk import Browser, browsing

HTMX = True


@pytest.fixture
async def house() -> CallHouse:
    return await call_house()


async def text(browser: Browser, path: str, *, htmx: bool = False) -> str:
    answer = await browser.get(path, htmx=htmx)
    assert answer.status == 200, await answer.text()
    return await answer.text()


async def press(browser: Browser, path: str, **fields: str) -> ClientResponse:
    return await browser.post(path, fields, htmx=True)


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_the_log_shows_who_called_whom_in_tabs_with_counts(house: CallHouse) -> None:
    await house.morning()
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        everything = plain(await text(browser, "/desk/calls"))
        assert "Мороз Андрей Викторович → Аксакова Э. Ю." in everything
        assert "Номер скрыт → Аксакова Э. Ю." in everything
        assert "Аксакова Э. Ю. → +7 (911) 000-22-33" in everything
        assert "Входящие 4 Исходящие 1 Пропущенные 2 Перезвонить 2" in everything
        missed = await text(browser, "/desk/calls?tab=missed")
        assert missed.count('class="call"') == 2
        assert "пропущен" in missed
        assert (await text(browser, "/desk/calls?tab=out")).count('class="call"') == 1
        found = await text(browser, "/desk/calls?q=8+916+123-45-67")
        assert found.count('class="call"') == 1
        assert "С этим номером разговоров не было" in await text(browser, "/desk/calls?q=нет")
        assert (await browser.get("/desk/calls?cursor=junk")).status == 422


async def test_a_recording_is_played_in_ranges_and_downloaded(house: CallHouse) -> None:
    await house.morning()
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        page = await text(browser, "/desk/calls")
        (src,) = re.findall(r'data-player="([^"]+)"', page)
        assert "00:00 / 02:45" in page
        assert "запись готовится" in page
        whole = await browser.get(src)
        assert (whole.status, await whole.read()) == (200, SOUND)
        assert whole.headers["Accept-Ranges"] == "bytes"
        assert whole.headers["Content-Type"].startswith("audio/")
        part = await browser.get(src, Range="bytes=4-9")
        assert (part.status, await part.read()) == (206, SOUND[4:10])
        assert part.headers["Content-Range"] == f"bytes 4-9/{len(SOUND)}"
        assert (await browser.get(src, Range="bytes=999999-")).status == 416
        saved = await browser.get(src + "?download")
        assert saved.headers["Content-Disposition"].startswith("attachment")
        await browser.come_in("olga")
        assert (await browser.get(src)).status in {200, 404}


async def test_whose_calls_they_are_not_cannot_hear_them(house: CallHouse) -> None:
    """An operator hears own calls and those of the cases they may read, no other."""
    house.pbx.sounds["x"] = [SOUND]
    call = await house.hear("ended", "x1", SVETA, extension="510", result="answered")
    await house.hear("recording", "x1", SVETA, recording=Recording(id="x", ref="x"))
    await house.services.recordings.sweep()
    async with browsing(house.pages) as browser:
        await browser.come_in("olga")
        assert (await browser.get(f"/calls/{call.id}/recording")).status == 404
        assert (await text(browser, "/desk/calls")).count('class="call"') == 0
        await browser.come_in("emma")
        assert (await browser.get(f"/calls/{call.id}/recording")).status == 200
        await browser.come_in("belov")
        assert (await browser.get("/desk/calls")).status == 403
        assert (await browser.get(f"/calls/{call.id}/recording")).status == 403


async def test_what_an_exchange_does_not_keep_is_said(house: CallHouse) -> None:
    house.pbx.recordings = False
    await house.hear("ended", "x1", SVETA, extension="510", result="answered", talk=60)
    house.pbx.sounds["gone"] = [FetchFailed("file_gone", final=True)]
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        assert "АТС не хранит записи" in await text(browser, "/desk/calls")
        house.pbx.recordings = True
        call = await house.hear("recording", "x1", SVETA, recording=Recording(id="r", ref="gone"))
        await house.services.recordings.sweep()
        page = await text(browser, "/desk/calls")
        assert "записи нет" in page
        assert "Запросить снова" in page
        house.pbx.sounds["gone"] = [SOUND]
        await press(browser, f"/desk/calls/{call.id}/again")
        await house.services.recordings.sweep()
        assert "data-player" in await text(browser, "/desk/calls")


async def test_the_window_rings_for_whom_it_rings_and_goes_when_answered(
    house: CallHouse,
) -> None:
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        assert "data-ring=" not in await text(browser, "/desk/calls/ringing")
        assert 'id="ringing"' in await text(browser, "/desk")
        call = await house.ring()
        shown = plain(await text(browser, "/desk/calls/ringing"))
        assert "Поступил звонок" in shown
        assert "+7 (916) 123-45-67" in shown
        assert "Мороз Андрей Викторович" in shown
        assert "Питкярантская, д. 16, кв. 56" in shown
        assert "открытых обращений: 0" in shown
        await browser.come_in("olga")
        assert "data-ring=" not in await text(browser, "/desk/calls/ringing")
        await house.hear("answered", "now", MOROZ, leg="a", extension="510")
        await browser.come_in("emma")
        talking = await text(browser, "/desk/calls/ringing")
        assert "Входящий звонок" in talking
        assert "data-ringing" not in talking
        assert "Завершить" in talking
        await press(browser, f"/desk/calls/{call.id}/hangup")
        assert house.pbx.orders == [("hang_up", "now", "a")]
        await house.hear("ended", "now", MOROZ, result="answered")
        assert "data-ring=" not in await text(browser, "/desk/calls/ringing")


async def test_a_case_is_made_of_a_call_filled_in(house: CallHouse) -> None:
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        call = await house.ring()
        sheet = await text(browser, f"/desk/new?call={call.id}", htmx=HTMX)
        assert "Мороз Андрей Викторович" in sheet
        assert "ул. Питкярантская, д. 16, кв. 56" in sheet
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', sheet))
        assert fields["call"] == call.id
        answer = await press(
            browser,
            "/desk/new",
            **fields,
            text="Не работает лифт",
            type="request",
            premises="ул. Питкярантская, д. 16, кв. 56",
        )
        place = answer.headers["HX-Redirect"]
        number = int(place.rpartition("/")[2])
        page = plain(await text(browser, place + "?tab=calls"))
        assert "+7 (916) 123-45-67 → Аксакова Э. Ю." in page
        case = await house.services.book.load(number)
        assert case.contact.id == call.contact
        assert (await house.world.store.calls.get(call.id)).cases == [number]
        again = await press(browser, "/desk/new", **fields, text="Не работает лифт", type="request")
        assert again.headers["HX-Redirect"] == place


async def test_a_stranger_brings_the_number_alone(house: CallHouse) -> None:
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        call = await house.ring(UNKNOWN, "x")
        sheet = await text(browser, f"/desk/new?call={call.id}", htmx=HTMX)
        assert "Житель: +7 (921) 456-12-30" in plain(sheet)


async def test_a_call_is_attached_by_the_picker_and_stands_in_the_corner(
    house: CallHouse,
) -> None:
    await house.morning()
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        call = await house.hear("ended", "x1", SVETA, extension="510", result="answered")
        picker = await text(browser, f"/desk/calls/{call.id}/attach", htmx=HTMX)
        assert "Прикрепить звонок к обращению" in picker
        found = await text(browser, f"/desk/calls/{call.id}/attach?q=домофона", htmx=HTMX)
        assert "№4" in found
        assert "№5" not in found
        await press(browser, f"/desk/calls/{call.id}/attach", number="6")
        page = await text(browser, "/desk/cases/6")
        # The first call of the case, with its player.
        corner = page[page.index('class="case-call"') :]
        assert "сегодня, 11:55" in corner[:900]
        assert "История звонков <small>2</small>" in page
        history = plain(await text(browser, "/desk/cases/6?tab=history"))
        assert "Прикреплён звонок" in history
        await press(browser, f"/desk/calls/{call.id}/detach", number="6")
        assert "История звонков <small>1</small>" in await text(browser, "/desk/cases/6")
        refused = await press(browser, f"/desk/calls/{call.id}/attach", number="999")
        assert refused.status == 404


async def test_callbacks_are_worked_off(house: CallHouse) -> None:
    await house.morning()
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        page = await text(browser, "/desk/calls?tab=callbacks")
        assert "просрочено на" in page
        assert 'id="badge-calls">2<' in await text(browser, "/desk")
        (first, second) = re.findall(r'id="callback-([^"]+)"', page)
        taken = await press(browser, f"/desk/callbacks/{first}/take?tab=callbacks")
        assert "перезванивает Аксакова Э. Ю." in await taken.text()
        done = await press(browser, f"/desk/callbacks/{first}/done?tab=callbacks")
        assert (await done.text()).count('class="callback"') == 1
        settled = await text(browser, "/desk/calls?tab=callbacks&done=1")
        assert "закрыто вручную" in settled
        await browser.come_in("olga")
        await press(browser, f"/desk/callbacks/{second}/take?tab=callbacks")
        await browser.come_in("emma")
        refused = await press(browser, f"/desk/callbacks/{second}/take")
        assert refused.status == 409


async def test_click_to_call_says_what_happens(house: CallHouse) -> None:
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        said = await press(browser, "/desk/calls/dial", number="8 911 000-22-33")
        assert "Звоним на ваш телефон, затем — на +7 (911) 000-22-33" in await said.text()
        assert house.pbx.orders == [("call", "510", SVETA)]
        house.pbx.answers = [Refused("busy")]
        refused = await press(browser, "/desk/calls/dial", number=SVETA)
        assert refused.status == 422
        wrong = await press(browser, "/desk/calls/dial", number="лифт")
        assert wrong.status == 422
        await browser.come_in("olga")
        page = await text(browser, "/desk/calls")
        assert "Кому позвонить" not in page
        assert (await press(browser, "/desk/calls/dial", number=SVETA)).status == 422


async def test_a_number_becomes_spam_and_rings_no_more(house: CallHouse) -> None:
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        call = await house.ring(UNKNOWN, "x")
        await press(browser, f"/desk/calls/{call.id}/spam")
        await house.ring(UNKNOWN, "y")
        assert "data-ring=" not in await text(browser, "/desk/calls/ringing")
        assert UNKNOWN in await text(browser, "/admin/senders")


async def test_open_pages_hear_of_calls_and_those_concerned_are_named(house: CallHouse) -> None:
    from admin_web.live import worded
    from hub.ports.live import LiveEvent

    emma = Actor.of(await house.services.people.get("emma"))
    olga = Actor.of(await house.services.people.get("olga"))
    event = LiveEvent(case=0, version=1, what=["call"], people=["emma"], call="c")
    assert b'"mine":true' in worded(emma, event)
    assert b'"mine":false' in worded(olga, event)
    anybody = LiveEvent(case=0, version=1, what=["callback"], call="c")
    assert b'"mine":true' in worded(olga, anybody)
    assert b'"call"' not in worded(emma, LiveEvent(case=1, version=1, what=["message"]))


async def test_a_transfer_goes_to_people_with_a_telephone(house: CallHouse) -> None:
    olga = await house.world.store.staff.get("olga")
    assert olga is not None
    olga.extensions = ["511"]
    await house.world.store.staff.save(olga)
    house.world.store.staff.forget()
    await house.ring()
    call = await house.hear("answered", "now", MOROZ, leg="a", extension="510")
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        sheet = await text(browser, f"/desk/calls/{call.id}/transfer", htmx=HTMX)
        assert "Олейник О. З." in sheet
        assert "511" in sheet
        await press(browser, f"/desk/calls/{call.id}/transfer", to="olga")
        await press(browser, f"/desk/calls/{call.id}/transfer", number="777")
        assert house.pbx.orders == [
            ("transfer", "now", "a", "511"),
            ("transfer", "now", "a", "777"),
        ]
    assert house.world.clock.now() - call.facts.started_at < timedelta(minutes=1)


async def test_an_admin_says_who_sits_at_which_extension(house: CallHouse) -> None:
    async with browsing(house.pages) as browser:
        await browser.come_in("emma")
        assert 'value="510"' in await text(browser, "/admin/staff/emma")
        form = {"name": "Олейник Оксана Захаровна", "roles": "operator"}
        refused = await browser.post("/admin/staff/olga", {**form, "extensions": "511, 510"})
        assert "510 уже у другого сотрудника" in await refused.text()
        await browser.post("/admin/staff/olga", {**form, "extensions": " 511, oleynik,, 511 "})
        olga = await house.services.people.get("olga")
        assert olga.extensions == ["511", "oleynik"]
        new = {**form, "login": "igor", "extensions": "512"}
        await browser.post("/admin/staff/new", new)
        assert (await house.services.people.get("igor")).extensions == ["512"]
