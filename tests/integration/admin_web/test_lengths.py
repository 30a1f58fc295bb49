"""How long an SMS is, said while it is written; a message whose part is missing, marked."""

from __future__ import annotations

from hub.domain.message import Address, Identity, Sender
from hub.ports.channel import Capabilities
from tests.support.desk import Browser, browsing, furnished, hire
from tests.support.world import TestChannel, World

PHONE = "+79161234567"


async def desk(**caps: object) -> tuple[World, object]:
    """A resident who writes by an account that counts."""
    world = World()
    services, pages, _ = furnished(world)
    await world.group("north")
    await hire(services, "emma", "operator", "supervisor")
    by_sms = TestChannel()
    by_sms.caps = Capabilities(max_text=1530, segments="sms", max_segments=10, **caps)  # type: ignore[arg-type]
    world.deps.senders["sms"] = by_sms  # type: ignore[index]
    identity = Identity("phone", PHONE)
    await world.say(
        "Нет воды",
        sender=Sender(identity=identity),
        reply_to=Address("sms", "kannel", PHONE, identity.key, f"sms:{PHONE}"),
        incomplete=True,
    )
    return world, pages


async def measured(browser: Browser, text: str, to: str = f"phone:{PHONE}") -> str:
    answer = await browser.post("/desk/cases/1/length", {"text": text, "to": to}, htmx=True)
    assert answer.status == 200
    return (await answer.text()).strip()


async def test_parts_and_signs_are_counted() -> None:
    _, pages = await desk()
    async with browsing(pages) as browser:  # type: ignore[arg-type]
        await browser.come_in("emma")
        assert await measured(browser, "ы" * 134) == "<span>2 SMS · 134 из 134 знаков</span>"
        assert await measured(browser, "y" * 3) == "<span>1 SMS · 3 из 160 знаков</span>"
        assert "3 SMS · 201 из 201 знака" in await measured(browser, "ы" * 201)
        long = await measured(browser, "ы" * 700)
        assert 'class="late"' in long
        assert "не больше 10 SMS" in long


async def test_latin_letters_are_shown_before_they_go() -> None:
    _, pages = await desk(latin=True)
    async with browsing(pages) as browser:  # type: ignore[arg-type]
        await browser.come_in("emma")
        shown = await measured(browser, "Мастер <завтра>")
        assert "1 SMS · 15 из 160 знаков" in shown
        assert 'title="Master &lt;zavtra&gt;"' in shown


async def test_where_nothing_is_counted_nothing_is_said() -> None:
    world, pages = await desk()
    await world.say("Нет воды", "anna")
    async with browsing(pages) as browser:  # type: ignore[arg-type]
        await browser.come_in("emma")
        assert await measured(browser, "Привет", to="external:site:anna") == ""
        page = await (await browser.get("/desk/cases/1")).text()
        assert "data-counted" in page
        assert "data-counted" not in await (await browser.get("/desk/cases/2")).text()


async def test_a_message_whose_part_is_missing_is_marked() -> None:
    _, pages = await desk()
    async with browsing(pages) as browser:  # type: ignore[arg-type]
        await browser.come_in("emma")
        assert "часть сообщения не пришла" in await (await browser.get("/desk/cases/1")).text()


async def test_who_may_not_read_the_case_learns_nothing_of_it() -> None:
    _, pages = await desk()
    async with browsing(pages) as browser:  # type: ignore[arg-type]
        await browser.come_in("emma")
        answer = await browser.post("/desk/cases/99/length", {"text": "a", "to": ""}, htmx=True)
        assert answer.status == 404
