"""What an operator writes. A swipe-reply goes out to the resident; plain text never does: the bot
asks what to do with it."""

from __future__ import annotations

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.files import Sent, fetch, sent_file
from bots.common.filters import is_answer
from bots.common.talk import Talk, listing
from bots.common.views import Key, View
from bots.operator.marks import mark_here, mark_under
from hub.ports.store import CaseFilter, Shown

MINE = 4
"""Cases offered for a text that was written to nobody."""

# What an answer to such a message means: it goes to the resident of its case.
OUTWARD = frozenset({"card", "message", "mark", "trouble", "own"})


def router() -> Router:
    """Swipe-replies (they come before what was asked) and what to do about a failed answer."""
    routes = Router(name="reply")
    routes.message.register(swipe, is_answer)
    routes.edited_message.register(edited)
    routes.callback_query.register(retry, Press.filter_act("retry"))
    routes.callback_query.register(elsewhere, Press.filter_act("elsewhere"))
    routes.callback_query.register(retry_to, Press.filter_act("retry_to"))
    routes.callback_query.register(plain_to, Press.filter_act("plain_reply", "plain_note"))
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
    outward = shown.what in OUTWARD or shown.what.startswith("file:")
    return shown if outward or shown.what in {"comment", "task", "notice"} else None


async def swipe(message: Message, talk: Talk) -> None:
    """Out to the resident, or to colleagues where a comment is answered."""
    shown = await target(message, talk)
    if shown is None:
        # An answer to a question of the bot, or to something unknown: others know what to do.
        raise SkipHandler
    file = sent_file(message)
    text = message.text or message.caption or ""
    if file is None and not text:
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    files = [await fetch(talk, file)] if file else []
    if shown.what in {"comment", "task", "notice"}:
        await talk.services.replies.comment(shown.case, talk.me, text, files=files, key=talk.key())
        talk.react(message.message_id, "👌")
        return
    case, entry = await talk.services.replies.send(
        shown.case, talk.me, text, files=files, key=talk.key()
    )
    await remember_own(talk, message.message_id, case.number, entry.seq)
    mark_under(talk, case, entry, message.message_id)


async def remember_own(talk: Talk, message: int, case: int, entry: int) -> None:
    """The operator's own message stands for what went out: it may be answered and edited."""
    deps = talk.services.deps
    await deps.shown.add(
        Shown(
            account=talk.bot.account,
            chat=talk.chat,
            message=message,
            what="own",
            case=case,
            entry=entry,
            at=deps.clock.now(),
        )
    )


async def edited(message: Message, talk: Talk) -> None:
    """What went out cannot be changed behind the resident's back: say so."""
    deps = talk.services.deps
    shown = await deps.shown.at(talk.bot.account, talk.chat, message.message_id)
    if shown is not None and shown.what == "own":
        talk.tell("operator/edit_too_late", number=shown.case, reply_to=message.message_id)


async def plain(message: Message, talk: Talk) -> None:
    """Written to nobody: an answer in one of my cases, a note, or nothing?"""
    file = sent_file(message)
    text = message.text or message.caption or ""
    if file is None and not text:
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    page = await talk.services.queries.page(
        CaseFilter(view="mine", login=talk.me.login, ended=False), talk.me, limit=MINE
    )
    ids: list[str] = []
    rows: list[list[Key]] = []
    for case in page.items:
        at = len(ids)
        ids.append(case.id)
        rows.append(
            [
                Key(talk.label("plain_reply", case.number), press("plain_reply", 0, 0, at)),
                Key(talk.label("plain_note", case.number), press("plain_note", 0, 0, at)),
            ]
        )
    rows.append([talk.button("dismiss")])
    data = {**listing(ids), "text": text, "message": str(message.message_id)}
    if file is not None:
        data |= {"file": file.id, "name": file.name, "mime": file.mime, "size": str(file.size)}
    view = View(
        text=talk.html("operator/plain", cases=page.items), keys=rows, what="menu", data=data
    )
    talk.say(view, reply_to=message.message_id)


async def plain_to(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """It was said what to do with the text."""
    shown, number = await talk.choice(callback_data.n)
    data = shown.data
    files = []
    if "file" in data:
        sent = Sent(data["file"], data["name"], data["mime"], int(data["size"]))
        files = [await fetch(talk, sent)]
    if callback_data.act == "plain_note":
        await talk.services.replies.comment(
            int(number), talk.me, data["text"], files=files, key=talk.menu_key()
        )
        talk.replace(View(text=talk.html("operator/noted", number=int(number))))
        return
    case, entry = await talk.services.replies.send(
        int(number), talk.me, data["text"], files=files, key=talk.menu_key()
    )
    await remember_own(talk, int(data["message"]), case.number, entry.seq)
    mark_here(talk, case, entry)


async def unusable(message: Message, talk: Talk) -> None:
    """Something was asked, and this is no answer to it."""
    talk.tell("staff/text_wanted", reply_to=message.message_id)


async def retry(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """[Повторить], to the same address."""
    case = await talk.services.replies.retry(callback_data.case, callback_data.n, talk.me)
    talk.note(talk.words("operator/retried", number=case.number))


async def elsewhere(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Other ways to the same person."""
    case = await talk.services.queries.raw(callback_data.case, talk.me)
    addresses = await talk.services.replies.addresses(case.number)
    entry = case.by_seq(callback_data.n)
    used = entry.delivery.to if entry and entry.delivery else None
    others = [one for one in addresses if one != used]
    if not others:
        talk.note(talk.words("operator/nowhere_else"), alert=True)
        return
    rows = [
        [
            Key(
                talk.words("operator/address", address=address),
                press("retry_to", case.number, callback_data.n, at),
            )
        ]
        for at, address in enumerate(others)
    ]
    rows.append([talk.button("dismiss")])
    data = listing([one.identity for one in others])
    text = talk.html("operator/elsewhere", number=case.number)
    talk.say(View(text=text, keys=rows, what="menu", case=case.number, data=data))


async def retry_to(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """The same message by another way; `v` of this key is the entry."""
    _, identity = await talk.choice(callback_data.n)
    case = await talk.services.replies.retry(
        callback_data.case, callback_data.v, talk.me, to=identity
    )
    talk.replace(View(text=talk.html("operator/retried", number=case.number)))
