"""Senders of spam in the settings: seen, changed and let go by those who lead, nobody else."""

from __future__ import annotations

from urllib.parse import quote

from hub.domain.spamrules import SpamRule
from tests.support.desk import browsing, furnished, hire
from tests.support.world import World

HOSTILE = "email:<script>@x.ru"


async def test_rules_are_seen_changed_and_dropped() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin", "operator")
    await world.say("Купите слона", "anna")
    boss = await services.people.get("boss")
    rule = SpamRule(
        id="external:site:anna",
        what="spam",
        name="Слоновод",
        case=1,
        by="boss",
        at=world.clock.now(),
    )
    await world.store.spam_rules.put(rule)
    address = f"/admin/senders/{quote(rule.id, safe='')}"
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        page = await (await browser.get("/admin/senders")).text()
        assert "Слоновод" in page
        assert "сразу в спам" in page
        assert boss.shown in page
        opened = await (await browser.get(address)).text()
        assert "/desk/cases/1" in opened
        assert (await browser.post(address, {"what": "ask"})).status == 303
        assert (await world.store.spam_rules.known())[rule.id].what == "ask"
        refused = await browser.post(address, {"what": "burn"})
        assert refused.status == 422
        assert (await browser.post(f"{address}/delete")).status in {200, 303}
        assert await world.store.spam_rules.known() == {}
        assert "Ни одного" in await (await browser.get("/admin/senders")).text()
        assert (await browser.get(address)).status == 404


async def test_an_operator_has_no_such_page_and_names_are_no_markup() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    await hire(services, "boss", "supervisor")
    await world.store.spam_rules.put(
        SpamRule(id=HOSTILE, what="ask", name="<b>x</b>", at=world.clock.now())
    )
    async with browsing(pages) as browser, browsing(pages) as lead:
        await browser.come_in("emma")
        assert (await browser.get("/admin/senders")).status == 403
        await lead.come_in("boss")
        page = await (await lead.get("/admin/senders")).text()
        assert "<script>@x.ru" not in page
        assert "&lt;b&gt;x&lt;/b&gt;" in page


async def test_at_the_desk_spam_says_what_becomes_of_the_sender_and_somebody_trusts_them() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    await world.say("Купите слона", "anna")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        sheet = await (await browser.get("/desk/cases/1/forms/spam")).text()
        assert "спрашивать оператора" in sheet
        assert (await browser.post("/desk/cases/1/spam", {"then": "burn"})).status == 422
        assert (await browser.post("/desk/cases/1/spam", {"then": "ask"})).status == 303
        assert len(await world.store.spam_rules.known()) == 1
        await world.say("Нет воды", "anna")
        page = await (await browser.get("/desk/cases/2")).text()
        assert "раньше был в спаме" in page
        assert (await browser.post("/desk/cases/2/trust")).status == 303
        assert "раньше был в спаме" not in await (await browser.get("/desk/cases/2/pane")).text()
        assert await world.store.spam_rules.known() == {}
