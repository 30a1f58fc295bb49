"""Keys that operators and executors have alike: files of a case, its last lines."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.common.callbacks import Press
from bots.common.talk import Talk
from bots.common.views import View
from hub.domain.case import Case

FILES = 10
"""Files that one tap brings."""
LINES = 10
"""Entries that one tap brings."""


def router() -> Router:
    """Looking further into a case; the services ask who may."""
    routes = Router(name="shared")
    routes.callback_query.register(files, Press.filter_act("files", "all_files"))
    routes.callback_query.register(thread, Press.filter_act("thread", "task_thread"))
    return routes


async def files(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Files of the case, each as what it is."""
    case = await talk.services.queries.raw(callback_data.case, talk.me)
    send_files(talk, case)
    if not talk.letters:
        talk.note(talk.words("staff/no_files"))


def send_unseen(talk: Talk, case: Case) -> None:
    """What residents sent and this chat has not had; all of it is under [Файлы]."""
    send_files(talk, case, residents_only=True, once=True)


def send_files(talk: Talk, case: Case, *, residents_only: bool = False, once: bool = False) -> None:
    """The newest files that can be had; `once`: but for those that this chat has."""
    found = [
        (entry.seq, file.id)
        for entry in case.thread
        if not residents_only or entry.direction == "in"
        for file in entry.files
        if file.state == "ready"
    ]
    for seq, file in found[-FILES:]:
        talk.send_file(case.number, seq, file, once=once)


async def thread(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """The last lines in one message; who carries it out is shown no answers to the resident."""
    view = await talk.services.queries.case(callback_data.case, talk.me)
    lines = view.thread
    if callback_data.act == "task_thread" or not talk.dispatches:
        lines = [line for line in lines if line.kind == "comment" or line.direction == "in"]
    text = talk.html("staff/thread", number=view.number, lines=lines[-LINES:], limit=250)
    talk.say(View(text=text, what="notice", case=view.number))
