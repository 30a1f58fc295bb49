"""Refusals: the one place where staff bots speak them."""

from __future__ import annotations

from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press
from bots.common.cards import Cards, carries_out
from bots.common.talk import Talk
from bots.common.twice import done_already
from bots.common.views import Key, View
from hub.domain.case import Case
from hub.domain.errors import AlreadyTaken, Forbidden, HubError, StaleVersion, WrongState
from hub.domain.thread import Entry, HistoryLine
from hub.ports.shown import Shown

LAST_DEEDS = 2
"""What changed is said in the answer to a key, which is short."""


async def speak(refusal: HubError, talk: Talk) -> None:
    """Tell the person why not: at the pressed key, or as a message. A card that was pressed in an
    old state is drawn anew, so that it says what is so now."""
    params = dict(refusal.params)
    for name in ("operator", "staff"):
        if isinstance(login := params.get(name), str):
            params[name] = talk.directory.name(login)
    key = refusal.key
    case = await _case(refusal, talk)
    texts = talk.services.deps.texts
    pressed = _pressed(talk)
    if case is not None and pressed is not None and (told := done_already(pressed, case, talk)):
        talk.note(told)
        return
    if case is not None and isinstance(refusal, StaleVersion):
        taking = pressed is not None and pressed.act in {"take", "accept"}
        mine = talk.person is not None and case.operator == talk.person.login
        if taking and mine and case.status == "in_progress":
            # The same key twice: it is done already.
            talk.note(talk.words("operator/taken", case=case))
            return
        if taking and case.operator and not mine:
            key, params = AlreadyTaken.key, {"operator": talk.directory.name(case.operator)}
        else:
            _say(talk, await _changed(case, talk))
            await _redraw(case, talk)
            return
    if case is not None and pressed is not None and _taken_away(refusal, pressed, case, talk):
        _say(talk, talk.words("executor/not_yours", number=case.number))
        await _redraw(case, talk)
        return
    try:
        text = texts.render(f"errors/{key}", talk.language, **params)
    except KeyError:
        text = texts.render("errors/refused", talk.language)
    _say(talk, text)
    if case is not None and isinstance(refusal, StaleVersion | AlreadyTaken | WrongState):
        await _redraw(case, talk)


def _taken_away(refusal: HubError, pressed: Press, case: Case, talk: Talk) -> bool:
    """The key of a task that somebody else has now, or nobody."""
    theirs = talk.person is not None and talk.person.login in case.executors
    return isinstance(refusal, Forbidden) and pressed.act.startswith("task_") and not theirs


def _say(talk: Talk, text: str) -> None:
    if isinstance(talk.event, CallbackQuery):
        talk.note(text, alert=True)
    else:
        # In a group others write meanwhile: the refusal hangs on what it refuses.
        said = talk.event.message_id if isinstance(talk.event, Message) else 0
        talk.say(View(text=talk.html("staff/refusal", text=text)), reply_to=said)


async def _changed(case: Case, talk: Talk) -> str:
    """Who did what since the pressed message was drawn."""
    shown = None
    if isinstance(talk.event, CallbackQuery):
        deps = talk.services.deps
        shown = await deps.shown.at(talk.bot.account, talk.chat, talk.pressed)
    since = [line for line in case.history if shown is not None and line.at >= shown.at]
    # A deed and the move that it made are one thing to whoever reads it.
    deeds = [line for line in since if line.action != "status"] or since
    written = [
        entry
        for entry in case.thread
        if entry.direction == "in" and shown is not None and entry.kept_at >= shown.at
    ]
    if not deeds and not written:
        # The card was drawn anew before the key came: what was newest then.
        deeds, written = _newest(case)
    return talk.words(
        "staff/changed",
        case=case,
        lines=deeds[-LAST_DEEDS:],
        written=bool(written),
        operator=talk.directory.name(case.operator) if case.operator else "",
    )


def _newest(case: Case) -> tuple[list[HistoryLine], list[Entry]]:
    """The last deed, or the last message of the resident where that came later."""
    deeds = [line for line in case.history if line.action != "status"][-1:]
    written = [entry for entry in case.thread if entry.direction == "in"][-1:]
    if written and (not deeds or written[0].kept_at > deeds[0].at):
        return [], written
    return deeds, []


def _pressed(talk: Talk) -> Press | None:
    data = talk.event.data if isinstance(talk.event, CallbackQuery) else None
    try:
        return Press.unpack(data or "")
    except (ValueError, TypeError):
        return None


async def _case(refusal: HubError, talk: Talk) -> Case | None:
    pressed = _pressed(talk)
    number = refusal.params.get("number") or (pressed.case if pressed else 0)
    return await talk.services.deps.cases.get(int(str(number))) if number else None


async def _redraw(case: Case, talk: Talk) -> None:
    """The card whose key was pressed says what is so now."""
    if not isinstance(talk.event, CallbackQuery) or talk.person is None or talk.viewer is None:
        return
    deps = talk.services.deps
    shown = await deps.shown.at(talk.bot.account, talk.chat, talk.pressed)
    if shown is not None and shown.what in {"menu", "report"}:
        _renew(case, shown, talk)
        return
    if shown is None or shown.what not in {"card", "task"} or shown.case != case.number:
        return
    may_see = talk.dispatches or carries_out(case, talk.person)
    if may_see:
        now = deps.clock.now()
        view = Cards(deps.texts, phones=deps.policy.executors_see_phone).again(
            case, shown, talk.viewer, talk.directory, now
        )
        talk.replace(view)


def _renew(case: Case, shown: Shown, talk: Talk) -> None:
    """A menu goes on with the case as it is now: who taps again has read what changed."""
    message = talk.event.message if isinstance(talk.event, CallbackQuery) else None
    if not isinstance(message, Message) or message.reply_markup is None:
        return
    rows = []
    for row in message.reply_markup.inline_keyboard:
        rows.append(
            [
                Key(key.text, _at_version(key.callback_data, case.number, case.version))
                if key.callback_data
                else Key(key.text, url=key.url or "", app=key.web_app.url if key.web_app else "")
                for key in row
            ]
        )
    talk.replace(
        View(
            text=message.html_text,
            keys=rows,
            what=shown.what,
            case=case.number,
            entry=shown.entry,
            version=case.version,
            data=shown.data,
        )
    )


def _at_version(data: str | None, number: int, version: int) -> str:
    try:
        carried = Press.unpack(data or "")
    except (ValueError, TypeError):
        return data or ""
    # A menu may hold keys of other cases as well: theirs stay as they are.
    if carried.v and carried.case == number:
        carried.v = version
    return carried.pack()
