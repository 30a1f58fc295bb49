"""Residents on the desk: the book, the card, everything by time, joined and taken apart."""

from __future__ import annotations

import re

from admin_web.pages import Pages
from hub.domain.contact import KnownIdentity
from hub.domain.message import Address, Identity, Rejected
from hub.domain.message import Sender as From
from tests.support.desk import Browser, browsing, furnished, hire
from tests.support.world import World

PHONE = Identity("phone", "+79161234567")


async def house() -> tuple[World, Pages, list[str]]:
    """Anna wrote by Telegram and by a phone that she claims; Boris wrote once."""
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    await hire(services, "lena", "supervisor")
    await hire(services, "ivan", "executor")
    for who, channel, claims in (
        ("anna", "telegram", (PHONE,)),
        ("boris", "http", (PHONE,)),
        ("vera", "http", ()),
    ):
        identity = Identity("external", who, "site")
        await world.say(
            f"Нет воды <b>{who}</b>",
            who,
            channel=channel,
            sender=From(identity=identity, name=f"{who.title()} <i>", claims=claims),
            reply_to=Address("site", channel, who, identity.key, f"site:{who}"),
        )
        world.clock.forward(minutes=7)
    olga = await world.staff("olga")
    world.channel.outcomes = [Rejected("blocked")]
    await world.services.replies.send(1, olga, "Уже едем")
    await world.settle()
    ids = [(await world.services.book.load(number)).contact.id for number in (1, 2, 3)]
    return world, pages, ids


async def text(browser: Browser, path: str) -> str:
    response = await browser.get(path)
    assert response.status == 200, path
    return await response.text()


async def test_residents_are_found_and_their_card_shows_everything_by_time() -> None:
    _, pages, (anna, _, _) = await house()
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        book = await text(browser, "/desk/contacts")
        assert book.index("Vera") < book.index("Boris") < book.index("Anna")
        assert "Boris" not in await text(browser, "/desk/contacts?q=anna")
        assert "Anna" in await text(browser, "/desk/contacts?q=8+916+1234567")
        assert "Никого не нашлось" in await text(browser, "/desk/contacts?q=nobody")
        card = await text(browser, f"/desk/contacts/{anna}")
        assert "Anna &lt;i&gt;" in card
        assert "Нет воды &lt;b&gt;" in card
        assert card.index("Уже едем") < card.index("Нет воды")
        assert "житель заблокировал бота" in card
        assert "со слов" in card
        failed = await text(browser, f"/desk/contacts/{anna}?kind=failed")
        assert "Уже едем" in failed
        assert "Нет воды" not in failed
        assert "По этому отбору ничего нет" in await text(
            browser, f"/desk/contacts/{anna}?channel=email"
        )
        assert (await browser.get("/desk/contacts/nobody")).status == 404
        assert (await browser.get(f"/desk/contacts/{anna}?cursor=junk")).status == 422


async def test_a_long_life_comes_page_by_page() -> None:
    world, pages, (anna, _, _) = await house()
    for number in range(60):
        await world.say(f"Письмо {number}", "anna", conversation=f"site:anna:{number % 7}")
        world.clock.forward(minutes=1)
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        page = await text(browser, f"/desk/contacts/{anna}")
        lines = re.findall(r'id="line-([\w-]+)"', page)
        assert len(lines) == 40
        while more := re.search(r'hx-get="([^"]+/timeline\?[^"]+)"', page):
            page = await text(browser, more[1].replace("&amp;", "&"))
            lines += re.findall(r'id="line-([\w-]+)"', page)
        assert len(lines) == len(set(lines)) == 60 + 2 + 8


async def test_two_cards_are_compared_joined_and_taken_apart_again() -> None:
    world, pages, (anna, boris, _) = await house()
    async with browsing(pages) as browser:
        await browser.come_in("lena")
        card = await text(browser, f"/desk/contacts/{anna}")
        assert "Похоже, это тот же человек" in card
        assert "есть в обеих карточках" in card
        compared = await text(browser, f"/desk/contacts/{anna}/compare?with={boris}")
        assert "Boris" in compared
        assert "Объединить, главная эта" in compared
        path = f"/desk/contacts/{boris}/merge"
        answer = await browser.post(path, {"into": anna}, htmx=True)
        said = await answer.text()
        assert "Карточки объединены." in said
        assert f"/desk/contacts/{boris}/split" in said
        assert answer.headers["HX-Push-Url"].endswith(anna)
        merged = await browser.get(f"/desk/contacts/{boris}")
        assert (merged.status, merged.headers["Location"]) == (303, f"/desk/contacts/{anna}")
        both = await text(browser, f"/desk/contacts/{anna}")
        assert "№2 Нет воды" in both
        circle = await browser.post(f"/desk/contacts/{anna}/merge", {"into": boris}, htmx=True)
        assert circle.status == 409
        undone = await browser.post(f"/desk/contacts/{boris}/split", htmx=True)
        assert "Разъединено." in await undone.text()
        history = await text(browser, f"/desk/contacts/{anna}?kind=change")
        assert "К карточке присоединили" in history
        assert "отсоединили" in history
        assert "Lena" in history
        assert (await world.store.contacts.get(boris)).merged_into == ""


async def test_a_claim_is_struck_out_and_one_identity_leaves() -> None:
    world, pages, (anna, _, _) = await house()
    contact = await world.store.contacts.get(anna)
    mail = Identity("email", "anna@x.ru")
    contact.identities = [
        *contact.identities,
        KnownIdentity(key=mail.key, verified=True, since=world.clock.now()),
    ]
    await world.store.contacts.save(contact)
    async with browsing(pages) as browser:
        await browser.come_in("lena")
        await browser.get("/desk")
        path = f"/desk/contacts/{anna}/detach"
        said = await (await browser.post(path, {"identity": PHONE.key}, htmx=True)).text()
        assert "Отсоединено." in said
        said = await (await browser.post(path, {"identity": mail.key}, htmx=True)).text()
        undo = re.search(r"/desk/contacts/(\w+)/merge", said)
        assert undo is not None
        assert (await browser.post(path, {"identity": "external:site:anna"})).status == 422
        back = await browser.post(f"/desk/contacts/{undo[1]}/merge", {"into": anna}, htmx=True)
        assert "anna@x.ru" in await back.text()


async def test_what_staff_write_is_kept_and_marked_as_theirs() -> None:
    world, pages, (anna, _, _) = await house()
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        sheet = await text(browser, f"/desk/contacts/{anna}/edit")
        assert "каналы больше не изменят" in sheet
        form = {"kind": "company", "name": "ООО Дом", "phone": "8 916 765-43-21", "vip": "on"}
        said = await (await browser.post(f"/desk/contacts/{anna}", form, htmx=True)).text()
        assert "ООО Дом" in said
        assert "+7 (916) 765-43-21" in said
        assert "записал сотрудник" in said
        held = await world.store.contacts.get(anna)
        assert (held.kind, held.vip, sorted(held.edited)) == (
            "company",
            True,
            ["kind", "name", "phone", "vip"],
        )
        bad = await browser.post(f"/desk/contacts/{anna}", {**form, "phone": "12"}, htmx=True)
        assert bad.status == 422


class Phones:
    """A gateway that brings texts to telephones."""

    def __init__(self, world: World) -> None:
        self.caps, self.send = world.channel.caps, world.channel.send
        self.limits = world.channel.limits

    def reach(self, identity: Identity) -> Address | None:
        if identity.kind != "phone":
            return None
        return Address("sms", "kannel", identity.value, identity.key, f"sms:{identity.value}")


async def test_a_code_goes_to_a_claimed_phone_where_a_channel_leads_there() -> None:
    world, pages, (_, boris, _) = await house()
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        assert "Подтвердить кодом" not in await text(browser, f"/desk/contacts/{boris}")
        world.deps.senders["sms"] = Phones(world)  # type: ignore[index]
        assert "Подтвердить кодом" in await text(browser, f"/desk/contacts/{boris}")
        path = f"/desk/contacts/{boris}/code"
        said = await (await browser.post(path, {"identity": PHONE.key}, htmx=True)).text()
        assert "Код отправлен: +7 (916) 123-45-67" in said
        refused = await browser.post(path, {"identity": "external:site:boris"}, htmx=True)
        assert refused.status == 422


async def test_rights_on_residents() -> None:
    _, pages, (anna, boris, _) = await house()
    async with browsing(pages) as emma, browsing(pages) as ivan:
        await emma.come_in("emma")
        await emma.get("/desk")
        for act in ("merge", "split", "detach"):
            answer = await emma.post(f"/desk/contacts/{anna}/{act}", {"into": boris})
            assert answer.status == 403
        assert "Разъединить" not in await text(emma, f"/desk/contacts/{anna}")
        compared = await text(emma, f"/desk/contacts/{anna}/compare?with={boris}")
        assert "Объединяет старший" in compared
        await ivan.come_in("ivan")
        for path in ("/desk/contacts", f"/desk/contacts/{anna}"):
            assert (await ivan.get(path)).status == 403


async def test_a_resident_is_written_to_from_their_card() -> None:
    world, pages, (_, _, vera) = await house()
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        assert f"/desk/contacts/{vera}/write" in await text(browser, f"/desk/contacts/{vera}")
        sheet = await text(browser, f"/desk/contacts/{vera}/write")
        assert "Написать: Vera" in sheet
        (way,) = re.findall(r'<option value="([^"]+)">', sheet)
        key = re.search(r'name="key" value="([^"]+)"', sheet)
        assert key is not None
        form = {"to": way, "subject": "Мастер", "text": "Завтра в 10", "key": key[1]}
        for _ in range(2):
            response = await browser.post(f"/desk/contacts/{vera}/write", form)
            assert response.headers["Location"] == "/desk/cases/3"
        await world.settle()
        assert [one.text for one in world.channel.sent].count("Завтра в 10") == 1
        counted = await browser.post(f"/desk/contacts/{vera}/length", form)
        assert counted.status == 200
        assert "Завтра в 10" in await text(browser, f"/desk/contacts/{vera}?kind=message")
    async with browsing(pages) as browser:
        await browser.come_in("ivan")
        assert (await browser.get(f"/desk/contacts/{vera}/write")).status == 403
