"""What staff do with a case on the web. Each reads its form, calls one service and is answered
with the case as it is then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from admin_web.desk import mails
from admin_web.desk.cases import pane_answer
from admin_web.visit import Form, Visit, field, fields, whole
from hub.domain.errors import Invalid
from hub.domain.rights import Right
from hub.domain.spamrules import VERDICTS

Act = Callable[[Visit, int, Form], Awaitable[object]]


def _expect(form: Form) -> int | None:
    """The version that the page showed, for what is decided by what one saw."""
    return whole(form, "version") if field(form, "version", limit=18) else None


async def take(visit: Visit, number: int, form: Form) -> object:
    work = visit.pages.services.casework
    return await work.take(number, visit.actor, expect=_expect(form))


async def assign(visit: Visit, number: int, form: Form) -> object:
    work = visit.pages.services.casework
    return await work.assign(number, field(form, "operator"), visit.actor, expect=_expect(form))


async def release(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.release(number, visit.actor, expect=_expect(form))


async def transfer(visit: Visit, number: int, form: Form) -> object:
    kind, _, to = field(form, "to").partition(":")
    if kind not in {"operator", "group"} or not to:
        raise Invalid(field="to", reason="required")
    return await visit.pages.services.casework.transfer(
        number,
        visit.actor,
        note=field(form, "note"),
        operator=to if kind == "operator" else "",
        group=to if kind == "group" else "",
        key=field(form, "key"),
        expect=_expect(form),
    )


async def hand_back(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.hand_back(
        number,
        visit.actor,
        note=field(form, "note"),
        key=field(form, "key"),
        expect=_expect(form),
    )


async def reply(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.replies.send(
        number,
        visit.actor,
        field(form, "text"),
        files=fields(form, "files"),
        to=field(form, "to"),
        key=field(form, "key"),
        quick_reply=field(form, "quick_reply"),
    )


async def comment(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.replies.comment(
        number,
        visit.actor,
        field(form, "text"),
        files=fields(form, "files"),
        key=field(form, "key"),
    )


async def retry(visit: Visit, number: int, form: Form) -> object:
    replies = visit.pages.services.replies
    seq = whole(form, "message")
    return await replies.retry(number, seq, visit.actor, to=field(form, "to"))


async def edit(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.edit(
        number,
        visit.actor,
        subject=field(form, "subject", limit=200),
        text=field(form, "text"),
        premises=field(form, "premises", limit=300),
        expect=_expect(form),
    )


async def set_type(visit: Visit, number: int, form: Form) -> object:
    work = visit.pages.services.casework
    return await work.set_type(number, field(form, "type"), visit.actor, expect=_expect(form))


async def deadline(visit: Visit, number: int, form: Form) -> object:
    at = visit.when(form, "at")
    work = visit.pages.services.casework
    return await work.deadline(number, at, visit.actor, expect=_expect(form))


async def responsible(visit: Visit, number: int, form: Form) -> object:
    work = visit.pages.services.casework
    return await work.responsible(number, field(form, "staff"), visit.actor, expect=_expect(form))


async def executors(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.executors(
        number,
        visit.actor,
        add=fields(form, "add"),
        remove=fields(form, "remove"),
        expect=_expect(form),
    )


async def wait(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.wait(number, visit.actor, expect=_expect(form))


async def defer(visit: Visit, number: int, form: Form) -> object:
    until = visit.when(form, "until")
    work = visit.pages.services.casework
    return await work.defer(number, until, visit.actor, expect=_expect(form))


async def resolve(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.resolve(
        number,
        field(form, "result"),
        visit.actor,
        comment=field(form, "comment", limit=4000),
        photos="photos" in form,
        expect=_expect(form),
    )


async def close(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.close(number, visit.actor, expect=_expect(form))


async def reject(visit: Visit, number: int, form: Form) -> object:
    reason = field(form, "reason", limit=4000)
    work = visit.pages.services.casework
    return await work.reject(number, reason, visit.actor, expect=_expect(form))


async def spam(visit: Visit, number: int, form: Form) -> object:
    asked = field(form, "then", limit=10)
    then = next((one for one in VERDICTS if one == asked), None)
    if asked and then is None:
        raise Invalid(field="then", reason="unknown")
    work = visit.pages.services.casework
    return await work.spam(number, visit.actor, then=then, expect=_expect(form))


async def trust(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.trust(number, visit.actor, expect=_expect(form))


async def unspam(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.unspam(number, visit.actor)


async def reopen(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.reopen(number, visit.actor)


async def merge(visit: Visit, number: int, form: Form) -> object:
    into = whole(form, "into")
    work = visit.pages.services.casework
    return await work.merge(number, into, visit.actor, expect=_expect(form))


async def unmerge(visit: Visit, number: int, form: Form) -> object:
    return await visit.pages.services.casework.unmerge(number, visit.actor)


# action → (what it does, the right it needs, the action that takes it back within ten seconds)
ACTIONS: dict[str, tuple[Act, Right, str]] = {
    "take": (take, "case.take", ""),
    "assign": (assign, "case.assign", ""),
    "release": (release, "case.release", ""),
    "transfer": (transfer, "case.transfer", ""),
    "return": (hand_back, "case.transfer", ""),
    "reply": (reply, "case.reply", ""),
    "comment": (comment, "case.comment", ""),
    "retry": (retry, "case.retry", ""),
    "edit": (edit, "case.edit", ""),
    "type": (set_type, "case.edit", ""),
    "deadline": (deadline, "case.deadline", ""),
    "responsible": (responsible, "case.people", ""),
    "executors": (executors, "case.people", ""),
    "wait": (wait, "case.state", ""),
    "defer": (defer, "case.state", ""),
    "resolve": (resolve, "case.resolve", ""),
    "close": (close, "case.state", "reopen"),
    "reject": (reject, "case.reject", ""),
    "spam": (spam, "case.spam", "unspam"),
    "unspam": (unspam, "case.spam", ""),
    "trust": (trust, "case.spam", ""),
    "reopen": (reopen, "case.reopen", ""),
    "merge": (merge, "case.merge", "unmerge"),
    "unmerge": (unmerge, "case.merge", ""),
    "guest": (mails.decide, "case.reply", ""),
}


def handler(name: str) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
    """The handler of POST /desk/cases/{number}/<name>."""
    act, _, undo = ACTIONS[name]

    async def handle(visit: Visit) -> web.StreamResponse:
        await act(visit, visit.number(), await visit.form())
        if not visit.by_htmx:
            return visit.go(f"/desk/cases/{visit.number()}")
        return await pane_answer(visit, undo=undo)

    return handle
