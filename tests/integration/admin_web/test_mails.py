"""Mails on the desk: words first, the rest on demand, nothing of a stranger's runs or asks."""

from __future__ import annotations

import re
from email import policy
from email.message import EmailMessage

from hub.domain.staff import Actor
from tests.integration.channels.email.test_copies import TwoBoxes, mail
from tests.support.desk import Browser, browsing, furnished, hire
from tests.support.mailworld import MailWorld, written
from tests.support.samples import png

SPY = "https://spy.example/pixel.gif"


def coloured() -> bytes:
    """A mail with a picture in place and one of a stranger's server, and something that acts."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = "Инна Рой <inna@mail.example>", "case@uk.example"
    mail["Subject"], mail["Message-ID"] = "Лампа", "<1@mail.example>"
    mail.set_content("Не горит лампа.\n\n> Было светло")
    mail.add_alternative(
        '<p onclick="x()">Не горит <b>лампа</b>.</p><script>alert(1)</script>'
        f'<img src="cid:lamp@x"><img src="{SPY}">',
        subtype="html",
    )
    html = mail.get_payload()[1]
    assert isinstance(html, EmailMessage)
    html.add_related(png(), "image", "png", cid="<lamp@x>", filename="lamp.png")
    return mail.as_bytes()


async def opened(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_a_mail_is_words_first_and_everything_else_on_demand() -> None:
    world = MailWorld()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    raw = coloured()
    await world.take(raw)
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        page = await opened(browser, "/desk/cases/1")
        assert "Не горит лампа." in page
        assert "Показать исходное письмо" in page
        assert "alert(1)" not in page
        assert SPY not in page
        source = re.search(r'href="(/files/[^"?]+)\?download" download>Скачать письмо', page)
        assert source is not None
        answer = await browser.get(f"{source[1]}?download")
        assert await answer.read() == raw
        assert answer.content_type == "application/octet-stream"
        assert "attachment" in answer.headers["Content-Disposition"]


async def test_a_mail_that_came_to_another_mailbox_too_says_so() -> None:
    world = TwoBoxes()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    await world.take(mail())
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        assert "пришло также на" not in await opened(browser, "/desk/cases/1")
        await world.take_there(mail())
        assert "пришло также на board@uk.example" in await opened(browser, "/desk/cases/1")


async def test_the_frame_can_do_nothing_and_asks_nobody() -> None:
    world = MailWorld()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    await hire(services, "ivan", "executor")
    await world.take(coloured())
    async with browsing(pages) as browser, browsing(pages) as other:
        await browser.come_in("emma")
        await other.come_in("ivan")
        answer = await browser.get("/desk/cases/1/mail/1")
        shown = await answer.text()
        assert "alert" not in shown
        assert "onclick" not in shown
        assert f'src="{SPY}"' not in shown
        assert 'src="data:image/png;base64,' in shown
        rules = answer.headers["Content-Security-Policy"]
        assert "sandbox" in rules
        assert "allow-scripts" not in rules
        assert "img-src data:;" in rules
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        asked = await browser.get("/desk/cases/1/mail/1?pictures")
        assert f'src="{SPY}"' in await asked.text()
        assert (await other.get("/desk/cases/1/mail/1")).status == 403
        assert (await browser.get("/desk/cases/1/mail/9")).status == 404
        assert (await browser.get("/desk/cases/1/mail/x")).status == 404


async def test_staff_say_where_a_strangers_mail_belongs() -> None:
    world = MailWorld()
    services, pages, _ = furnished(world)
    emma = Actor.of(await hire(services, "emma"))
    await world.take(written("Течёт", id="1@mail.example"))
    for number, who in enumerate(("anna@mail.example", "boris@mail.example")):
        await services.replies.send(1, emma, f"Ответ {number}", key=f"r{number}")
        await world.settle()
        to = str(world.letter()["Reply-To"])
        await world.take(written(f"Пишет {who}", sender=who, to=to, subject="Re: Течёт"))
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        page = await opened(browser, "/desk/cases/1")
        assert page.count("Принять как сообщение") == 2
        assert "anna@mail.example" in page
        await browser.post("/desk/cases/1/guest", {"message": "3", "what": "admit"})
        await browser.post("/desk/cases/1/guest", {"message": "5", "what": "part"})
        page = await opened(browser, "/desk/cases/1")
        assert "Принять как сообщение" not in page
        assert 'href="/desk/cases/2"' in page
        assert "Пишет boris" not in page
        assert "Пишет boris" in await opened(browser, "/desk/cases/2")


async def test_a_stranger_is_answered_apart_by_one_press() -> None:
    world = MailWorld()
    services, pages, _ = furnished(world)
    emma = Actor.of(await hire(services, "emma"))
    await hire(services, "ivan", "executor")
    await world.take(written("Течёт", id="1@mail.example"))
    await services.replies.send(1, emma, "Ответ", key="r")
    await world.settle()
    to = str(world.letter()["Reply-To"])
    await world.take(written("Я сосед", sender="anna@mail.example", to=to, subject="Re: Течёт"))
    where = "/desk/cases/1/guest/answer"
    async with browsing(pages) as browser, browsing(pages) as other:
        await browser.come_in("emma")
        await other.come_in("ivan")
        page = await opened(browser, "/desk/cases/1")
        assert "Ответить отдельно" in page
        assert (await other.post(where, {"message": "3"})).status == 403
        assert (await browser.post(where, {"message": "1"}, htmx=True)).status == 404
        answer = await browser.post(where, {"message": "3"}, htmx=True)
        assert answer.headers["HX-Redirect"] == "/desk/cases/2"
        again = await browser.post(where, {"message": "3"})
        assert (again.status, again.headers["Location"]) == (303, "/desk/cases/2")
        page = await opened(browser, "/desk/cases/1")
        assert "Ответить отдельно" not in page
        assert "обращении №2" in page
        assert "Я сосед" in page
        assert "Не заявителю отвечают отдельно" in await opened(
            browser, "/desk/cases/1?tab=history"
        )
        page = await opened(browser, "/desk/cases/2")
        assert "Связано с обращением №1" in page
        assert "Я сосед" in page
        await browser.post("/desk/cases/2/reply", {"text": "Спасибо, передали", "key": "k"})
        await world.settle()
        assert world.letter()["To"].addresses[0].addr_spec == "anna@mail.example"


async def test_a_mail_that_was_too_large_says_where_the_rest_is() -> None:
    world = MailWorld()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    await world.take(written("Начало"), **{"x-mail-size": "73400320"})
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        page = await opened(browser, "/desk/cases/1")
        assert "Письмо слишком большое (70 МБ)" in page
        assert "Скачать письмо" not in page
