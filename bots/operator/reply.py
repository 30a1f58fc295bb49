"""What an operator writes. A swipe-reply goes out to the resident; plain text never does: the bot
asks what to do with it."""

from __future__ import annotations

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.edits import edited
from bots.common.files import fetch, sent_file
from bots.common.filters import is_answer
from bots.common.paging import page_of, turning
from bots.common.talk import Talk
from bots.common.unsent import joins, put_aside, take_up
from bots.common.views import Key, View
from bots.common.writing import OWN, OWN_NOTE, album_of, comment, remember
from bots.operator.inline import offer, was_inline
from bots.operator.marks import mark_here, mark_under
from bots.operator.preview import preview
from hub.ports.cases import CaseFilter
from hub.ports.shown import Shown

MINE = 60
"""Open cases among which somebody who wrote to nobody may choose."""
CHOSEN = "inline"
"""Remembered with words that were chosen from the quick replies."""

# What an answer to such a message means: it goes to the resident of its case.
OUTWARD = frozenset({"card", "message", "mark", "trouble", OWN})
# … or to colleagues.
INWARD = frozenset({"comment", "task", "notice", OWN_NOTE})


def router() -> Router:
    """Swipe-replies; they come before what was asked."""
    routes = Router(name="reply")
    routes.message.register(swipe, is_answer)
    routes.edited_message.register(edited)
    routes.callback_query.register(plain_to, Press.filter_act("plain_reply", "plain_note"))
    routes.callback_query.register(plain_page, Press.filter_act("plain_page"))
    return routes


def plain_router() -> Router:
    """Comes last: texts that nothing asked for."""
    routes = Router(name="plain")
    routes.message.register(plain, StateFilter(None))
    routes.message.register(unusable)
    return routes


async def target(message: Message, talk: Talk) -> Shown | None:
    """What the answered message stands for; a part of a case, or None."""
    quoted = message.reply_to_message
    if quoted is None:
        return None
    shown = await talk.services.deps.shown.at(talk.bot.account, talk.chat, quoted.message_id)
    if shown is None or not shown.case:
        return None
    return shown if goes_out(shown) or stays_in(shown) else None


def goes_out(shown: Shown) -> bool:
    """An answer to this message goes to the resident."""
    file = shown.what.startswith("file:") and "inward" not in shown.data
    return file or shown.what in OUTWARD


def stays_in(shown: Shown) -> bool:
    """An answer to this message is for colleagues."""
    return shown.what in INWARD or "inward" in shown.data


async def swipe(message: Message, talk: Talk) -> None:
    """Out to the resident, or to colleagues where a comment is answered."""
    shown = await target(message, talk)
    if shown is None:
        # An answer to a question of the bot, or to something unknown: others know what to do.
        raise SkipHandler
    if sent_file(message) is None and not (message.text or message.caption):
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    if stays_in(shown):
        await comment(message, talk, shown.case)
        talk.react(message.message_id, "👌")
        return
    await answer(message, talk, shown.case)


async def answer(message: Message, talk: Talk, number: int) -> None:
    """The message goes out to the resident of this case; parts of an album go as one."""
    file = sent_file(message)
    files = [await fetch(talk, file)] if file else []
    text = message.text or message.caption or ""
    if was_inline(message, talk):
        # Chosen from the quick replies, perhaps with another case in mind.
        case = await talk.services.queries.raw(number, talk.me)
        text = talk.services.quick_replies.fill(text, case, talk.me)
    case, entry = await talk.services.replies.send(
        number, talk.me, text, files=files, key=talk.key(), album=album_of(message, talk)
    )
    await remember(talk, message.message_id, OWN, case.number, entry.seq)
    if len(entry.files) <= len(files):
        mark_under(talk, case, entry, message.message_id)
    talk.look_at(case.number)


async def plain(message: Message, talk: Talk) -> None:
    """Written to nobody: an answer in one of my cases, a note, or nothing?"""
    if await joins(message, talk):
        return
    kept = put_aside(message)
    if kept is None:
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    if was_inline(message, talk):
        case = await talk.services.queries.raw(talk.focus, talk.me) if talk.focus else None
        if case is not None and case.open:
            await offer(talk, case, kept["text"])
            return
        kept[CHOSEN] = "1"
    talk.say(await _asked(talk, kept, 0), reply_to=message.message_id)


async def _asked(talk: Talk, kept: dict[str, str], number: int) -> View:
    """What to do with it? The case looked at last stands first."""
    mine = CaseFilter(view="mine", login=talk.me.login, ended=False)
    found = await talk.services.queries.page(mine, talk.me, limit=MINE)
    cases = sorted(found.items, key=lambda case: case.number != talk.focus)
    page = page_of([case.id for case in cases], number)
    rows: list[list[Key]] = []
    for at, _ in page.items:
        case = cases[at]
        rows.append(
            [
                Key(talk.label(act, case.number), press(act, case.number, case.version))
                for act in ("plain_reply", "plain_note")
            ]
        )
    rows.append(turning(talk, page, "plain_page"))
    if cases:
        rows.append([talk.button("dismiss")])
    shown = [cases[at] for at, _ in page.items]
    text = talk.html("operator/plain", cases=shown)
    return View(text=text, keys=rows, what="menu", data=kept)


async def plain_page(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """More of my cases."""
    talk.replace(await _asked(talk, (await talk.menu()).data, callback_data.n))


async def plain_to(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """It was said what to do with it."""
    number, kept = callback_data.case, (await talk.menu()).data
    text, files = await take_up(talk, kept)
    if kept.get(CHOSEN):
        # Its variables wait for the case that was named only now.
        case = await talk.services.queries.raw(number, talk.me)
        text = talk.services.quick_replies.fill(text, case, talk.me)
        if callback_data.act == "plain_reply":
            talk.replace(await preview(talk, case, text, {}))
            return
    if callback_data.act == "plain_note":
        _, entry = await talk.services.replies.comment(
            number, talk.me, text, files=files, key=talk.menu_key()
        )
        await remember(talk, int(kept["message"]), OWN_NOTE, number, entry.seq)
        view = View(text=talk.html("operator/noted", number=number), what="notice", case=number)
        talk.replace(view)
        return
    case, entry = await talk.services.replies.send(
        number,
        talk.me,
        text,
        files=files,
        key=talk.menu_key(),
        expect=callback_data.v or None,
    )
    await remember(talk, int(kept["message"]), OWN, case.number, entry.seq)
    mark_here(talk, case, entry)


async def unusable(message: Message, talk: Talk) -> None:
    """Something was asked, and this is no answer to it."""
    talk.tell("staff/text_wanted", reply_to=message.message_id)
