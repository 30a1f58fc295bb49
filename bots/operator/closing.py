"""The ends of a case: close with a result, reject with a reason, spam. Each is confirmed."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.filters import has_text
from bots.common.paging import page_of, turning
from bots.common.talk import Talk
from bots.common.views import Key, View, listing
from bots.operator.asked import Asked
from hub.domain.case import Case
from hub.domain.errors import Invalid
from hub.domain.spamrules import VERDICTS
from hub.services.rejection import hears

UNDO = 10
"""Seconds for which one tap takes spam back."""


def router() -> Router:
    """Keys and texts that end a case."""
    routes = Router(name="closing")
    routes.callback_query.register(results, Press.filter_act("close", "close_page"))
    routes.callback_query.register(comment, Press.filter_act("close_as"))
    routes.message.register(confirm, StateFilter(Asked.close), has_text)
    routes.callback_query.register(close, Press.filter_act("close_yes", "close_shown"))
    routes.callback_query.register(ask_reason, Press.filter_act("reject"))
    routes.message.register(confirm_reject, StateFilter(Asked.reject), has_text)
    routes.callback_query.register(reject, Press.filter_act("reject_yes"))
    routes.callback_query.register(ask_spam, Press.filter_act("spam"))
    routes.callback_query.register(spam, Press.filter_act("spam_yes"))
    routes.callback_query.register(undo_spam, Press.filter_act("undo_spam"))
    return routes


async def results(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """With which result?"""
    case = await talk.case_as_shown(callback_data)
    if callback_data.act == "close_page":
        talk.replace(await results_menu(talk, case, callback_data.n))
    else:
        talk.say(await results_menu(talk, case, 0))


async def results_menu(talk: Talk, case: Case, number: int) -> View:
    """The results that an admin has set up, six a page."""
    names = {code.id: code.name for code in await talk.services.setup.results()}
    page = page_of(list(names), number)
    at_version = (case.number, case.version)
    rows = [[Key(names[one], press("close_as", *at_version, at))] for at, one in page.items]
    rows.append(turning(talk, page, "close_page", *at_version))
    if names:
        rows.append([talk.button("dismiss")])
    return View(
        text=talk.html("operator/close_result", case=case, empty=not names),
        keys=rows,
        what="menu",
        case=case.number,
        version=case.version,
        data=listing(list(names)),
    )


async def comment(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """An optional text for the resident."""
    await talk.case_as_shown(callback_data)
    shown, result = await talk.choice(callback_data.n)
    await state.set_state(Asked.close)
    await state.set_data({"case": str(shown.case), "result": result})
    await _confirm(talk, shown.case, result, "", in_place=True)


async def confirm(message: Message, talk: Talk, state: FSMContext) -> None:
    """The same question with the text that was added."""
    asked = await state.get_data()
    await _confirm(talk, int(asked["case"]), asked["result"], message.text or "", in_place=False)


async def _confirm(talk: Talk, number: int, result: str, text: str, *, in_place: bool) -> None:
    case = await talk.services.queries.raw(number, talk.me)
    codes = {code.id: code for code in await talk.services.setup.results()}
    if result not in codes:
        raise Invalid(field="result", reason="unknown")
    code = codes[result]
    told = ""
    if code.tell and case.address is not None:
        told = talk.services.deps.texts.render(
            "reply/resolved",
            case.contact.language or "ru",
            number=case.number,
            result=code.name,
            comment=text,
            text=code.text,
            name=case.contact.name,
            organisation=talk.services.deps.policy.organisation,
        )
    view = View(
        text=talk.html("operator/close_confirm", case=case, result=code.name, told=told, text=text),
        keys=_close_keys(talk, case, bool(told)),
        what="menu",
        case=number,
        version=case.version,
        data={"result": result, "comment": text},
    )
    if in_place:
        talk.replace(view)
    else:
        talk.say(view)


def _close_keys(talk: Talk, case: Case, told: bool) -> list[list[Key]]:
    """Close, and where the work was photographed, close and show that."""
    rows = [[talk.button("close_yes", case.number, case.version), talk.button("dismiss")]]
    photos = len(case.work_photos) if told else 0
    if photos:
        data = press("close_shown", case.number, case.version)
        rows.insert(0, [Key(talk.label("close_shown", photos), data)])
    return rows


async def close(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """Resolved, and the resident is told as the question said."""
    asked = (await talk.menu()).data
    case = await talk.services.casework.resolve(
        callback_data.case,
        asked["result"],
        talk.me,
        comment=asked["comment"],
        photos=callback_data.act == "close_shown",
        expect=callback_data.v or None,
    )
    await state.clear()
    keys = [[talk.button("reopen", case.number, case.version)]]
    text = talk.html("operator/done", act="close", case=case)
    talk.replace(View(text=text, keys=keys, what="notice", case=case.number))


async def ask_reason(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """Отклонить needs a reason."""
    told = hears(await talk.case_as_shown(callback_data), talk.services.deps)
    await state.set_state(Asked.reject)
    await state.set_data({"case": str(callback_data.case)})
    text = talk.html("operator/ask_reason", number=callback_data.case, told=told)
    talk.replace(View(text=text, keys=[[talk.button("dismiss")]], what="menu"))


async def confirm_reject(message: Message, talk: Talk, state: FSMContext) -> None:
    """What will happen, before it does."""
    number = int((await state.get_data())["case"])
    await state.clear()
    case = await talk.services.queries.raw(number, talk.me)
    reason = message.text or ""
    keys = [[talk.button("reject_yes", number, case.version), talk.button("dismiss")]]
    told = hears(case, talk.services.deps)
    text = talk.html("operator/reject_confirm", case=case, reason=reason, told=told)
    talk.say(
        View(
            text=text,
            keys=keys,
            what="menu",
            case=number,
            version=case.version,
            data={"reason": reason},
        )
    )


async def reject(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Not ours to answer."""
    reason = (await talk.menu()).data["reason"]
    case = await talk.services.casework.reject(
        callback_data.case, reason, talk.me, expect=callback_data.v or None
    )
    keys = [[talk.button("reopen", case.number, case.version)]]
    text = talk.html("operator/done", act="reject", case=case)
    talk.replace(View(text=text, keys=keys, what="notice", case=case.number))


async def ask_spam(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Sure?"""
    talk.say(spam_menu(talk, await talk.case_as_shown(callback_data)))


def spam_menu(talk: Talk, case: Case) -> View:
    """Only this case, or also what its sender writes later?"""
    rows = [[talk.button("spam_yes", case.number, case.version)]]
    if case.address is not None:
        for at, then in enumerate(VERDICTS, 1):
            key = Key(talk.label(f"spam_{then}"), press("spam_yes", case.number, case.version, at))
            rows.append([key])
    rows.append([talk.button("dismiss")])
    text = talk.html("operator/spam_confirm", case=case)
    return View(text=text, keys=rows, what="menu", case=case.number, version=case.version)


async def spam(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """The resident sees nothing of it; for a short time one tap takes it back, later the card
    does."""
    then = VERDICTS[callback_data.n - 1] if 0 < callback_data.n <= len(VERDICTS) else None
    case = await talk.services.casework.spam(
        callback_data.case, talk.me, then=then, expect=callback_data.v or None
    )

    def said(*, undo: bool) -> View:
        keys = [[talk.button("undo_spam", case.number, case.version)]] if undo else []
        text = talk.html("operator/spammed", case=case, then=then, undo=undo, seconds=UNDO)
        return View(text=text, keys=keys, what="notice", case=case.number, version=case.version)

    talk.fade(said(undo=True), said(undo=False), UNDO)


async def undo_spam(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Taken back: the case is where it was, its sender as any other."""
    case = await talk.services.casework.unspam(
        callback_data.case, talk.me, expect=callback_data.v or None
    )
    text = talk.html("operator/done", act="unspam", case=case)
    talk.replace(View(text=text, what="notice", case=case.number, version=case.version))
