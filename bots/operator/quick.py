"""Ответы: folders → replies → preview with variables filled. `/q слово` finds by a word."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.paging import page_of, turning
from bots.common.talk import Talk
from bots.common.views import Key, View, listed, listing
from bots.operator.meant import quoted
from bots.operator.preview import preview
from hub.domain.case import Case
from hub.domain.catalog import QuickReply
from hub.ports.cases import CaseFilter

MINE = 8
"""Cases offered when the reply was chosen first."""


def router() -> Router:
    """Quick replies by keys and by `/q`."""
    routes = Router(name="quick")
    routes.message.register(search, Command("q"))
    routes.callback_query.register(folders, Press.filter_act("quick", "quick_folders"))
    routes.callback_query.register(folder, Press.filter_act("quick_folder"))
    routes.callback_query.register(turn, Press.filter_act("quick_page"))
    routes.callback_query.register(pick, Press.filter_act("quick_pick"))
    routes.callback_query.register(pick_case, Press.filter_act("quick_case"))
    return routes


async def folders(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Which folders hold something that may be sent here; one folder is opened at once."""
    case = await talk.services.queries.raw(callback_data.case, talk.me)
    counts = await talk.services.quick_replies.folders(
        talk.me, channel=case.channel, group=case.group
    )
    names = sorted(counts)
    again = callback_data.act == "quick_folders"
    if len(names) <= 1:
        replies = await talk.services.quick_replies.usable(
            talk.me, channel=case.channel, group=case.group
        )
        _show(talk, _list(talk, replies, case, 0, words=""), in_place=again)
        return
    page = page_of(names, callback_data.n)
    rows = [
        [
            Key(
                talk.words("operator/folder", name=name, count=counts[name]),
                press("quick_folder", case.number, 0, at),
            )
        ]
        for at, name in page.items
    ]
    rows.append(turning(talk, page, "quick_folders", case.number))
    rows.append([talk.button("dismiss")])
    view = View(
        text=talk.html("operator/quick_folders", case=case),
        keys=rows,
        what="menu",
        case=case.number,
        data=listing(names),
    )
    _show(talk, view, in_place=again)


async def folder(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Replies of a folder, most used first."""
    shown, name = await talk.choice(callback_data.n)
    case = await talk.services.queries.raw(shown.case, talk.me)
    replies = await talk.services.quick_replies.usable(
        talk.me, channel=case.channel, group=case.group, folder=name
    )
    # An empty folder name means «any» to the service and «without a folder» here.
    replies = [reply for reply in replies if reply.folder == name]
    talk.replace(_list(talk, replies, case, 0, words=""))


async def search(message: Message, command: CommandObject, talk: Talk, state: FSMContext) -> None:
    """`/q слово`: for the case whose card or message is answered, or whose topic it is, else the
    case is asked for."""
    await state.clear()
    number = await quoted(message, talk) or talk.where.case
    case = await talk.services.queries.raw(number, talk.me) if number else None
    words = command.args or ""
    replies = await talk.services.quick_replies.usable(
        talk.me,
        channel=case.channel if case else "",
        group=case.group if case else "",
        words=words,
    )
    talk.say(_list(talk, replies, case, 0, words=words))


async def turn(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Another page of the same list."""
    shown = await talk.menu()
    case = await talk.services.queries.raw(shown.case, talk.me) if shown.case else None
    known = {reply.id: reply for reply in await talk.services.quick_replies.usable(talk.me)}
    replies = [known[one] for one in listed(shown.data) if one in known]
    talk.replace(_list(talk, replies, case, callback_data.n, words=shown.data.get("words", "")))


async def pick(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """A reply is chosen: preview it, or ask for which case."""
    shown, reply_id = await talk.choice(callback_data.n)
    reply = await talk.services.quick_replies.get(reply_id, talk.me)
    if shown.case:
        case = await talk.services.queries.raw(shown.case, talk.me)
        filled = talk.services.quick_replies.fill(reply, case, talk.me)
        talk.replace(await preview(talk, case, filled, {"reply": reply.id}))
        return
    page = await talk.services.queries.page(
        CaseFilter(view="mine", login=talk.me.login, ended=False), talk.me, limit=MINE
    )
    cases = sorted(page.items, key=lambda case: case.number != talk.focus)
    rows = [
        [Key(talk.words("operator/which_case", case=case), press("quick_case", 0, 0, at))]
        for at, case in enumerate(cases)
    ]
    if cases:
        rows.append([talk.button("dismiss")])
    data = {**listing([case.id for case in cases]), "reply": reply.id}
    text = talk.html("operator/quick_case", title=reply.title, empty=not cases)
    talk.replace(View(text=text, keys=rows, what="menu", data=data))


async def pick_case(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """The case for a reply that was chosen first."""
    shown, number = await talk.choice(callback_data.n)
    case = await talk.services.queries.raw(int(number), talk.me)
    reply = await talk.services.quick_replies.get(shown.data["reply"], talk.me)
    filled = talk.services.quick_replies.fill(reply, case, talk.me)
    talk.replace(await preview(talk, case, filled, {"reply": reply.id}))


def _list(
    talk: Talk, replies: list[QuickReply], case: Case | None, number: int, *, words: str
) -> View:
    page = page_of([reply.id for reply in replies], number)
    titles = {reply.id: reply.title for reply in replies}
    for_case = case.number if case else 0
    rows = [[Key(titles[one], press("quick_pick", for_case, 0, at))] for at, one in page.items]
    rows.append(turning(talk, page, "quick_page", for_case))
    if replies:
        rows.append([talk.button("dismiss")])
    shown = [reply for reply in replies if reply.id in {one for _, one in page.items}]
    text = talk.html("operator/quick_list", case=case, words=words, replies=shown)
    data = {**listing([reply.id for reply in replies]), "words": words}
    return View(text=text, keys=rows, what="menu", case=for_case, data=data)


def _show(talk: Talk, view: View, *, in_place: bool) -> None:
    if in_place:
        talk.replace(view)
    else:
        talk.say(view)
