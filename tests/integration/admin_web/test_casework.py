"""A case from its first message to its end, by the pages' own forms."""

from __future__ import annotations

import re

from hub.domain.catalog import CaseType, ResultCode
from hub.domain.staff import SYSTEM
from tests.support.desk import Browser, browsing, furnished, hire
from tests.support.world import World


async def _desk(world: World) -> tuple:  # type: ignore[type-arg]
    services, pages, _ = furnished(world)
    await world.group("north")
    await hire(services, "emma", "operator", "supervisor", name="Аксакова Эмма Юрьевна")
    await hire(services, "olga", name="Олейник Оксана Захаровна")
    await hire(services, "ivan", "executor", name="Белов Роман Тимофеевич")
    await world.store.catalog.put_type(CaseType(id="claim", name="Претензия"))
    await world.store.catalog.put_result(ResultCode(id="done", name="Сделано"))
    return services, pages


async def _do(browser: Browser, action: str, **form: str) -> str:
    """An action by htmx; the pane as it is then."""
    answer = await browser.post(f"/desk/cases/1/{action}", form, htmx=True)
    text = await answer.text()
    assert answer.status == 200, text
    return text


async def test_everything_a_dispatcher_does_is_shown_at_once() -> None:
    world = World()
    services, pages = await _desk(world)
    await world.say("Нет воды", "anna")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        assert "Аксакова Э. Ю." in await _do(browser, "take", version="1")
        assert "Претензия" in await _do(browser, "type", type="claim")
        assert "завтра, 18:30" in await _do(browser, "deadline", at="2026-11-24T18:30")
        assert "Белов Р. Т." in await _do(browser, "executors", add="ivan")
        assert "Олейник О. З." in await _do(browser, "responsible", staff="olga")
        edited = await _do(browser, "edit", subject="Вода", text="Нет воды", premises="Ленина, 5")
        assert "Вода</h1>" in edited
        assert "видят сотрудники" in await _do(browser, "comment", text="Код 12К", key="c")
        await _do(browser, "reply", text="Едем", key="r")
        assert (await _do(browser, "reply", text="Едем", key="r")).count("Едем") == 1
        assert "Сделано" in await _do(browser, "resolve", result="done", comment="Дали воду")
        closed = await _do(browser, "close")
        assert "Отменить" in closed
        assert 'data-mode-switch="reply"' not in closed
        assert 'data-mode-switch="reply"' in await _do(browser, "reopen")
        history = await (await browser.get("/desk/cases/1?tab=history")).text()
        for words in ("Взято в работу", "Смена типа", "Новый исполнитель", "Завершение"):
            assert words in history
    await world.settle()
    assert world.channel.sent[0].text == "Едем"
    case = await services.queries.raw(1, SYSTEM)
    assert case.deadline is not None
    assert case.deadline.isoformat() == "2026-11-24T15:30:00+00:00"


async def test_the_second_to_take_hears_who_was_first_and_sees_it() -> None:
    world = World()
    _, pages = await _desk(world)
    await world.say("Нет воды")
    async with browsing(pages) as first, browsing(pages) as second:
        await first.come_in("emma")
        await second.come_in("olga")
        await _do(first, "take")
        refused = await second.post("/desk/cases/1/take", {}, htmx=True)
        assert refused.status == 409
        assert refused.headers["HX-Retarget"] == "#toasts"
        assert refused.headers["HX-Trigger"] == "hub:case:1"
        assert "Аксакова" in await refused.text()


async def test_transfer_needs_a_reason_and_can_be_returned() -> None:
    world = World()
    services, pages = await _desk(world)
    await world.say("Нет воды")
    async with browsing(pages) as emma, browsing(pages) as olga:
        await emma.come_in("emma")
        await olga.come_in("olga")
        await _do(emma, "take")
        empty = await emma.post(
            "/desk/cases/1/transfer", {"to": "operator:olga", "note": " ", "key": "a"}, htmx=True
        )
        assert empty.status == 422
        await _do(emma, "transfer", to="operator:olga", note="Её дом", key="b")
        pane = await (await olga.get("/desk/cases/1")).text()
        assert "Вернуть передавшему" in pane
        assert "Её дом" in pane
        await _do(olga, "return", note="Не мой", key="c")
        assert (await services.queries.raw(1, SYSTEM)).operator == "emma"


async def test_lists_show_each_their_own_and_the_filter_stays_in_the_address() -> None:
    world = World()
    _, pages = await _desk(world)
    for who in ("anna", "boris", "clara"):
        await world.say(f"Пишет {who}", who)
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        await _do(browser, "take")

        async def numbers(query: str) -> list[str]:
            page = await (await browser.get(f"/desk?{query}")).text()
            return sorted(re.findall(r'data-case="(\d+)"', page))

        assert await numbers("view=mine") == ["1"]
        assert await numbers("view=queue") == ["2", "3"]
        assert await numbers("view=all") == ["1", "2", "3"]
        assert await numbers("view=all&status=in_progress") == ["1"]
        assert await numbers("view=all&only=needs") == ["1", "2", "3"]
        assert await numbers("view=all&channel=other") == []
        assert await numbers("view=all&q=2") == ["2"]
        assert await numbers("view=nonsense&status=nonsense") == ["1"]
        page = await (await browser.get("/desk?view=all&status=in_progress")).text()
        assert "view=all&amp;status=in_progress" in page


async def test_a_case_by_hand_for_who_called() -> None:
    world = World()
    services, pages = await _desk(world)
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        assert (await browser.get("/desk/new", htmx=True)).status == 200
        body = {"text": "Звонила, нет света", "phone": "89110000001", "type": "claim", "key": "k"}
        made = await browser.post("/desk/new", body)
        again = await browser.post("/desk/new", body)
        assert made.headers["Location"] == again.headers["Location"]
        number = int(made.headers["Location"].rpartition("/")[2])
        case = await services.queries.raw(number, SYSTEM)
        assert (case.contact.phone, case.type) == ("+79110000001", "claim")
        page = await (await browser.get(f"/desk/cases/{number}")).text()
        assert "+7 (911) 000-00-01" in page


async def test_opening_a_case_of_mine_makes_it_read() -> None:
    world = World()
    services, pages = await _desk(world)
    await world.say("Нет воды")
    async with browsing(pages) as browser, browsing(pages) as other:
        await browser.come_in("emma")
        await other.come_in("olga")
        await _do(browser, "take")
        await world.say("Ну что там?")
        assert (await services.queries.raw(1, SYSTEM)).unread
        await other.get("/desk/cases/1")
        assert (await services.queries.raw(1, SYSTEM)).unread
        await browser.get("/desk/cases/1")
        assert not (await services.queries.raw(1, SYSTEM)).unread
