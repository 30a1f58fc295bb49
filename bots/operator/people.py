"""Who is responsible and who carries it out, with how much each has to do."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.common.callbacks import Press, press
from bots.common.paging import page_of, turning
from bots.common.talk import Talk
from bots.common.views import Key, View, listing
from hub.domain.case import Case


def router() -> Router:
    """Keys of the menu [Ещё] that change people."""
    routes = Router(name="people")
    routes.callback_query.register(people, Press.filter_act("responsible", "executors"))
    routes.callback_query.register(people_page, Press.filter_act("resp_page", "exec_page"))
    routes.callback_query.register(responsible, Press.filter_act("resp_is"))
    routes.callback_query.register(executor, Press.filter_act("exec_is"))
    return routes


async def people(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Any member of staff may be responsible or carry it out, whatever their role."""
    case = await talk.case_as_shown(callback_data)
    talk.replace(await _people(talk, case, callback_data.act, 0))


async def people_page(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Another page of the same list."""
    case = await talk.case_as_shown(callback_data)
    what = "responsible" if callback_data.act == "resp_page" else "executors"
    talk.replace(await _people(talk, case, what, callback_data.n))


async def _people(talk: Talk, case: Case, what: str, number: int) -> View:
    short = "resp" if what == "responsible" else "exec"
    chosen = {case.responsible} if short == "resp" else set(case.executors)
    active = [person for person in talk.directory.staff.values() if person.active]
    executors_first = sorted(active, key=lambda one: ("executor" not in one.roles, one.shown))
    ids = [person.login for person in executors_first]
    page = page_of(ids, number)
    load = await talk.services.queries.load(one for _, one in page.items)
    rows = [
        [
            Key(
                talk.words(
                    "operator/person",
                    person=talk.directory.staff[one],
                    chosen=one in chosen,
                    load=load[one],
                ),
                press(f"{short}_is", case.number, case.version, at),
            )
        ]
        for at, one in page.items
    ]
    rows.append(turning(talk, page, f"{short}_page", case.number, case.version))
    rows.append([talk.button("dismiss")])
    data = {**listing(ids), "page": str(page.number)}
    text = talk.html("operator/people", case=case, what=what)
    return View(
        text=text, keys=rows, what="menu", case=case.number, version=case.version, data=data
    )


async def responsible(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Set; the same person again clears."""
    shown, login = await talk.choice(callback_data.n)
    before = await talk.services.queries.raw(shown.case, talk.me)
    case = await talk.services.casework.responsible(
        shown.case,
        "" if before.responsible == login else login,
        talk.me,
        expect=callback_data.v or None,
    )
    await _after(talk, case, shown.data, "responsible")


async def executor(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Add, or take away who is there."""
    shown, login = await talk.choice(callback_data.n)
    before = await talk.services.queries.raw(shown.case, talk.me)
    there = login in before.executors
    case = await talk.services.casework.executors(
        shown.case,
        talk.me,
        add=[] if there else [login],
        remove=[login] if there else [],
        expect=callback_data.v or None,
    )
    await _after(talk, case, shown.data, "executors")


async def _after(talk: Talk, case: Case, data: dict[str, str], what: str) -> None:
    talk.note(talk.words("operator/done", act=what, case=case))
    talk.replace(await _people(talk, case, what, int(data.get("page", "0"))))
