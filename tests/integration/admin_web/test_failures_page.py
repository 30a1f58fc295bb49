"""The page of what did not get there: shown with reasons, filtered, pressed."""

from __future__ import annotations

import re

import pytest

from admin_web.pages import Pages
from hub.domain.message import Address, Identity, Rejected
from hub.domain.message import Sender as From
from hub.store import paging
from tests.support.desk import Browser, browsing, furnished, hire
from tests.support.world import World

HTMX = True


async def house() -> tuple[World, Pages]:
    """Three answers that were refused, in two channels."""
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    await hire(services, "ivan", "executor")
    emma = await world.staff("olga")
    for number, (who, channel, reason) in enumerate(
        [("anna", "telegram", "blocked"), ("boris", "http", "refused"), ("vera", "telegram", "")], 1
    ):
        identity = Identity("external", who, "site")
        await world.say(
            "Вода?",
            who,
            channel=channel,
            sender=From(identity=identity, name=who.title()),
            reply_to=Address("site", channel, who, identity.key, f"site:{who}"),
        )
        world.channel.outcomes = [Rejected(reason or "refused", "<b>no</b>")]
        await world.services.replies.send(number, emma, f"Ответ {who} <i>")
        await world.settle()
        world.clock.forward(minutes=3)
    return world, pages


async def text(browser: Browser, path: str) -> str:
    return await (await browser.get(path)).text()


async def test_what_failed_is_shown_with_its_reason_and_counted_in_the_rail() -> None:
    _, pages = await house()
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        page = await text(browser, "/desk/failures")
        assert page.index("Vera · №3") < page.index("Boris · №2") < page.index("Anna · №1")
        assert "житель заблокировал бота" in page
        assert "<i>" not in page
        assert "<b>no</b>" not in page
        assert 'id="badge-failures">3<' in await text(browser, "/desk")
        only = await text(browser, "/desk/failures?channel=telegram&reason=blocked")
        assert "Anna" in only
        assert "Vera" not in only
        assert "По этому отбору ничего нет" in await text(browser, "/desk/failures?mine=1")
        assert (await browser.get("/desk/failures?cursor=junk")).status == 422


async def test_one_press_sends_again_and_several_go_together() -> None:
    world, pages = await house()
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        await browser.get("/desk/failures")
        answer = await browser.post("/desk/failures/retry", {"ids": "1-2"}, htmx=HTMX)
        said = await answer.text()
        assert "Отправляется снова: 1" in said
        assert "Anna" not in said
        form = [("ids", "2-2"), ("ids", "3-2"), ("ids", "8-8")]
        said = await (await browser.post("/desk/failures/retry", form, htmx=HTMX)).text()
        assert "Отправляется снова: 2" in said
        assert "№8:" in said
        assert "Всё дошло" in said
        await world.settle()
        assert len(world.channel.sent) == 6
        assert (await browser.post("/desk/failures/retry", {"ids": "1-2"})).status == 303


async def test_one_is_let_be_with_a_line_of_history() -> None:
    _, pages = await house()
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        await browser.get("/desk/failures")
        said = await (
            await browser.post("/desk/failures/dismiss", {"ids": "2-2"}, htmx=HTMX)
        ).text()
        assert "Убрано: 1" in said
        history = await text(browser, "/desk/cases/2?tab=history")
        assert "Недоставленное убрано из списка" in history


async def test_another_way_is_asked_for_and_taken() -> None:
    world, pages = await house()
    case = await world.store.cases.get(1)
    contact = await world.store.contacts.get(case.contact.id)
    assert contact is not None
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        sheet = await text(browser, "/desk/failures/1-2/ways")
        assert "Другого способа" in sheet
        mail = Identity("email", "anna@x.ru")
        holder = await world.services.contacts.proven(contact, mail)
        known = holder.identity(mail.key)
        assert known is not None
        known.address = Address("site", "email", "anna@x.ru", mail.key, "mail:anna")
        await world.store.contacts.save(holder)
        sheet = await text(browser, "/desk/failures/1-2/ways")
        assert "anna@x.ru" in sheet
        refused = await browser.post("/desk/failures/1-2/retry", {"to": ""}, htmx=HTMX)
        assert refused.status == 422
        done = await browser.post("/desk/failures/1-2/retry", {"to": mail.key}, htmx=HTMX)
        assert done.status == 200
        await world.settle()
        assert world.channel.sent[-1].to.to == "anna@x.ru"


async def test_nobody_else_may_look() -> None:
    _, pages = await house()
    async with browsing(pages) as browser:
        await browser.come_in("ivan")
        assert (await browser.get("/desk/failures")).status == 403
        assert (await browser.post("/desk/failures/retry", {"ids": "1-2"})).status == 403


async def test_an_answer_on_an_older_page_is_sent_again_from_the_list_and_from_its_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, pages = await house()
    for name, few in (("MAX_ENTRIES", 4), ("KEEP_ENTRIES", 2), ("MAX_UNFINISHED", 0)):
        monkeypatch.setattr(paging, name, few)
    for who in ("anna", "boris"):
        for number in range(6):
            await world.say(f"Ещё {number}", who, conversation=f"site:{who}")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        assert (await world.services.book.load(1)).by_seq(2) is None
        older = await text(browser, "/desk/cases/1/older?before=5")
        assert "Ответ anna" in older
        assert "Повторить" in older
        done = await browser.post("/desk/cases/1/retry", {"message": "2"}, htmx=HTMX)
        assert done.status == 200
        said = await (await browser.post("/desk/failures/retry", {"ids": "2-2"}, htmx=HTMX)).text()
        assert "Отправляется снова: 1" in said
        older = await text(browser, "/desk/cases/1/older?before=5")
        assert "в очереди" in older
        assert "Повторить" not in older
        again = await browser.post("/desk/cases/1/retry", {"message": "2"}, htmx=HTMX)
        assert again.status == 409
        await world.settle()
        assert [out.text for out in world.channel.sent[3:]] == ["Ответ anna <i>", "Ответ boris <i>"]
        listed = await text(browser, "/desk/failures")
        assert "Vera" in listed
        assert "Anna" not in listed


async def test_only_channels_that_can_send_are_offered() -> None:
    """A telephone exchange was offered to send an answer by."""
    _, pages = await house()
    assert [one.kind for one in pages.accounts] == ["http", "telegram"]
    assert set(pages.services.deps.senders) == {"site"}
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        page = await text(browser, "/desk/failures")
        assert re.findall(r"""hx-vals='{"channel": &#34;(\w+)&#34;}'""", page) == ["http"]
