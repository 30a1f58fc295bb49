"""Mails in the bots of staff: who writes, what is automatic, what was not taken whole."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bots.common.entries import Entries
from hub.domain.case import Case
from hub.domain.staff import Directory
from hub.texts import TemplateTexts
from tests.support.mailworld import MailWorld, written


def drawn(world: MailWorld) -> Entries:
    return Entries(TemplateTexts(world.clock, ZoneInfo("Europe/Moscow")))


async def person(world: MailWorld) -> Directory:
    await world.group("north")
    await world.staff("emma")
    return await world.store.staff.directory()


async def said(world: MailWorld, case: Case) -> str:
    directory = await world.store.staff.directory()
    views = drawn(world).message(case, case.thread[-1], directory.staff["emma"], named=True)
    return "\n".join(view.text for view in views)


async def test_a_later_mail_says_its_own_subject_and_that_nobody_wrote_it() -> None:
    world = MailWorld()
    await person(world)
    await world.take(written("Течёт", subject="Вода", id="1@mail.example"))
    await world.take(
        written(
            "Меня нет",
            subject="Out of office: Вода",
            In_Reply_To="<1@mail.example>",
            Auto_Submitted="auto-replied",
        )
    )
    (case,) = await world.cases()
    shown = await said(world, case)
    assert "Out of office: Вода" in shown
    assert "(автоответ)" in shown


async def test_a_mail_that_was_too_large_says_so() -> None:
    world = MailWorld()
    await person(world)
    await world.take(written("Начало"), **{"x-mail-size": "73400320"})
    (case,) = await world.cases()
    assert "взято только начало" in await said(world, case)


async def test_a_strangers_mail_says_that_it_is_one() -> None:
    world = MailWorld()
    directory = await person(world)
    await world.take(written("Течёт", subject="Вода", id="1@mail.example"))
    to = str(world.letter()["Reply-To"])
    await world.take(written("А у меня сухо", sender="sosed@mail.example", to=to))
    (case,) = await world.cases()
    entry = case.thread[-1]
    (view,) = drawn(world).comment(case, entry, directory.staff["emma"], directory)
    assert "пишет не заявитель" in view.text
    assert "sosed@mail.example" in view.text
    assert "А у меня сухо" in view.text
