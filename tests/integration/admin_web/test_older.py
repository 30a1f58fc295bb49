"""Older entries of a long thread on the desk: what is pressed there is done, and they stay."""

from __future__ import annotations

import pytest

from admin_web.pages import Pages
from hub.domain.staff import Actor
from hub.services import queries
from hub.store import paging
from tests.support.desk import Browser, browsing, furnished, hire
from tests.support.mailworld import MailWorld, written

STRANGER = 3


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> tuple[MailWorld, Pages]:
    """A neighbour wrote long ago: their mail stands before what is shown at first."""
    for name, few in (("MAX_ENTRIES", 4), ("KEEP_ENTRIES", 2), ("MAX_UNFINISHED", 0)):
        monkeypatch.setattr(paging, name, few)
    monkeypatch.setattr(queries, "THREAD", 3)
    world = MailWorld()
    services, pages, _ = furnished(world)
    emma = Actor.of(await hire(services, "emma"))
    await hire(services, "ivan", "executor")
    await world.take(written("Течёт", id="1@mail.example"))
    await services.replies.send(1, emma, "Ответ", key="r")
    await world.settle()
    to = str(world.letter()["Reply-To"])
    await world.take(written("Я сосед", sender="anna@mail.example", to=to, subject="Re: Течёт"))
    for number in range(8):
        await services.replies.comment(1, emma, f"Заметка {number}", key=f"c{number}")
    await world.settle()
    assert (await services.book.load(1)).by_seq(STRANGER) is None
    return world, pages


async def pane(browser: Browser, since: str = "") -> str:
    headers = {"X-Thread-From": since} if since else {}
    answer = await browser.get("/desk/cases/1/pane", htmx=True, **headers)
    assert answer.status == 200
    return await answer.text()


@pytest.mark.parametrize(
    ("what", "shown"),
    [("admit", "Ответить отдельно"), ("part", "вынесено в")],
    ids=["admit", "part"],
)
async def test_what_is_decided_is_shown_at_once(
    house: tuple[MailWorld, Pages], what: str, shown: str
) -> None:
    world, pages = house
    async with browsing(pages) as browser, browsing(pages) as other:
        await browser.come_in("emma")
        await other.come_in("ivan")
        form = {"message": str(STRANGER), "what": what}
        refused = await other.post("/desk/cases/1/guest", form, htmx=True)
        assert refused.status == 403
        assert "Принять как сообщение" in await pane(browser, f"1-{STRANGER}")
        for _ in range(2):
            assert (await browser.post("/desk/cases/1/guest", form, htmx=True)).status == 200
            page = await pane(browser, f"1-{STRANGER}")
            assert shown in page
            assert "Принять как сообщение" not in page
        await world.settle()
        assert await pane(browser, f"1-{STRANGER}") == page


async def test_their_writer_is_answered_apart_by_one_press(
    house: tuple[MailWorld, Pages],
) -> None:
    _, pages = house
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        for _ in range(2):
            answer = await browser.post(
                "/desk/cases/1/guest/answer", {"message": str(STRANGER)}, htmx=True
            )
            assert answer.headers["HX-Redirect"] == "/desk/cases/2"
        assert "обращении №2" in await pane(browser, f"1-{STRANGER}")


async def test_who_looked_back_keeps_what_they_see(house: tuple[MailWorld, Pages]) -> None:
    _, pages = house
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        short = await pane(browser)
        assert "Я сосед" not in short
        assert "older?before=9" in short
        kept = await pane(browser, f"1-{STRANGER}")
        assert "Я сосед" in kept
        assert "Заметка 7" in kept
        assert "older?before=3" in kept
        whole = await pane(browser, "1-1")
        assert "older?before=" not in whole
        for nothing in ("2-3", "1-x", "1-", "x", "1-" + "9" * 40):
            assert await pane(browser, nothing) == short
