"""/cases/{number}/{action}: what programs do with a case. Each calls one service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from hub.domain.case import Case
from hub.domain.rights import Right
from hub.domain.thread import Entry
from hub.http.api.ask import Ask, Input, Nothing, Reply, entry_seq, instant
from hub.http.api.bodies import (
    AssignBody,
    CommentBody,
    DeadlineBody,
    DeferBody,
    EditBody,
    ExecutorsBody,
    MergeBody,
    RejectBody,
    ReplyBody,
    ResolveBody,
    ResponsibleBody,
    RetryBody,
    ReturnBody,
    SpamBody,
    TransferBody,
    TypeBody,
)
from hub.http.api.routes import NUMBER, Handler, Route
from hub.http.api.shapes import CaseOut, case_out, entry_out
from hub.services.entryviews import entry_view


async def take(ask: Ask) -> Case:
    """Take the case for the caller."""
    return await ask.services.casework.take(ask.number, ask.actor, expect=ask.expect)


async def assign(ask: Ask) -> Case:
    """Give the case to an operator."""
    body: AssignBody = ask.body
    return await ask.services.casework.assign(
        ask.number, body.operator, ask.actor, expect=ask.expect
    )


async def transfer(ask: Ask) -> Case:
    """Hand the case over with an explanation."""
    body: TransferBody = ask.body
    return await ask.services.casework.transfer(
        ask.number,
        ask.actor,
        note=body.note,
        operator=body.operator,
        group=body.group,
        key=body.key,
        expect=ask.expect,
    )


async def hand_back(ask: Ask) -> Case:
    """Return a transferred case to who offered it."""
    body: ReturnBody = ask.body
    return await ask.services.casework.hand_back(
        ask.number, ask.actor, note=body.note, key=body.key, expect=ask.expect
    )


async def reply(ask: Ask) -> tuple[Case, Entry]:
    """Answer the resident."""
    body: ReplyBody = ask.body
    return await ask.services.replies.send(
        ask.number,
        ask.actor,
        body.text,
        files=body.files,
        to=body.to,
        key=body.key,
        expect=ask.expect,
    )


async def comment(ask: Ask) -> tuple[Case, Entry]:
    """Write an internal comment."""
    body: CommentBody = ask.body
    return await ask.services.replies.comment(
        ask.number, ask.actor, body.text, files=body.files, key=body.key, expect=ask.expect
    )


async def set_type(ask: Ask) -> Case:
    """Change the type."""
    body: TypeBody = ask.body
    return await ask.services.casework.set_type(ask.number, body.type, ask.actor, expect=ask.expect)


async def deadline(ask: Ask) -> Case:
    """Change the deadline."""
    body: DeadlineBody = ask.body
    return await ask.services.casework.deadline(
        ask.number, instant(body.at, "at"), ask.actor, expect=ask.expect
    )


async def responsible(ask: Ask) -> Case:
    """Set who answers for the case."""
    body: ResponsibleBody = ask.body
    return await ask.services.casework.responsible(
        ask.number, body.staff, ask.actor, expect=ask.expect
    )


async def executors(ask: Ask) -> Case:
    """Add and remove those who carry it out."""
    body: ExecutorsBody = ask.body
    return await ask.services.casework.executors(
        ask.number, ask.actor, add=body.add, remove=body.remove, expect=ask.expect
    )


async def edit(ask: Ask) -> Case:
    """Change subject, text and address."""
    body: EditBody = ask.body
    return await ask.services.casework.edit(
        ask.number,
        ask.actor,
        subject=body.subject,
        text=body.text,
        premises=body.premises,
        expect=ask.expect,
    )


async def wait(ask: Ask) -> Case:
    """Work stands until the resident answers."""
    return await ask.services.casework.wait(ask.number, ask.actor, expect=ask.expect)


async def resolve(ask: Ask) -> Case:
    """The work is done, with a result code."""
    body: ResolveBody = ask.body
    return await ask.services.casework.resolve(
        ask.number, body.result, ask.actor, comment=body.comment, expect=ask.expect
    )


async def close(ask: Ask) -> Case:
    """Nothing more is expected."""
    return await ask.services.casework.close(ask.number, ask.actor, expect=ask.expect)


async def reject(ask: Ask) -> Case:
    """Refuse the case, with a reason."""
    body: RejectBody = ask.body
    return await ask.services.casework.reject(ask.number, body.reason, ask.actor, expect=ask.expect)


async def spam(ask: Ask) -> Case:
    """Mark as spam; `then` is what becomes of the sender's later cases: straight to spam, or
    somebody is asked."""
    body: SpamBody = ask.body
    work = ask.services.casework
    return await work.spam(ask.number, ask.actor, then=body.then, expect=ask.expect)


async def trust(ask: Ask) -> Case:
    """The sender, about whom somebody was asked, is as any other."""
    return await ask.services.casework.trust(ask.number, ask.actor, expect=ask.expect)


async def unspam(ask: Ask) -> Case:
    """Undo spam."""
    return await ask.services.casework.unspam(ask.number, ask.actor, expect=ask.expect)


async def reopen(ask: Ask) -> Case:
    """Work goes on."""
    return await ask.services.casework.reopen(ask.number, ask.actor, expect=ask.expect)


async def defer(ask: Ask) -> Case:
    """Work stands until a time."""
    body: DeferBody = ask.body
    return await ask.services.casework.defer(
        ask.number, instant(body.until, "until"), ask.actor, expect=ask.expect
    )


async def release(ask: Ask) -> Case:
    """Give the case back to its queue."""
    return await ask.services.casework.release(ask.number, ask.actor, expect=ask.expect)


async def retry(ask: Ask) -> Case:
    """Send a failed or uncertain message again."""
    body: RetryBody = ask.body
    return await ask.services.replies.retry(
        ask.number, entry_seq(body.message), ask.actor, to=body.to, expect=ask.expect
    )


async def merge(ask: Ask) -> Case:
    """Let another case stand for this one."""
    body: MergeBody = ask.body
    return await ask.services.casework.merge(ask.number, body.into, ask.actor, expect=ask.expect)


async def unmerge(ask: Ask) -> Case:
    """Undo a merge."""
    return await ask.services.casework.unmerge(ask.number, ask.actor, expect=ask.expect)


Act = Callable[[Ask], Awaitable[Case | tuple[Case, Entry]]]


def shown(act: Act) -> Handler:
    """Answer with the case as it is then, and with the entry that the action wrote."""

    async def handler(ask: Ask) -> Reply:
        done = await act(ask)
        case, entry = done if isinstance(done, tuple) else (done, None)
        out = case_out(await ask.services.queries.shown(case))
        if entry is not None:
            out.entry = entry_out(entry_view(entry, case.number))
        return Reply(out, version=case.version)

    handler.__doc__ = act.__doc__
    return handler


ACTIONS: list[tuple[str, Right, Act, type[Input]]] = [
    ("take", "case.take", take, Nothing),
    ("assign", "case.assign", assign, AssignBody),
    ("transfer", "case.transfer", transfer, TransferBody),
    ("return", "case.transfer", hand_back, ReturnBody),
    ("reply", "case.reply", reply, ReplyBody),
    ("comment", "case.comment", comment, CommentBody),
    ("type", "case.edit", set_type, TypeBody),
    ("deadline", "case.deadline", deadline, DeadlineBody),
    ("responsible", "case.people", responsible, ResponsibleBody),
    ("executors", "case.people", executors, ExecutorsBody),
    ("edit", "case.edit", edit, EditBody),
    ("wait", "case.state", wait, Nothing),
    ("resolve", "case.resolve", resolve, ResolveBody),
    ("close", "case.state", close, Nothing),
    ("reject", "case.reject", reject, RejectBody),
    ("spam", "case.spam", spam, SpamBody),
    ("trust", "case.spam", trust, Nothing),
    ("unspam", "case.spam", unspam, Nothing),
    ("reopen", "case.reopen", reopen, Nothing),
    ("defer", "case.state", defer, DeferBody),
    ("release", "case.release", release, Nothing),
    ("retry", "case.retry", retry, RetryBody),
    ("merge", "case.merge", merge, MergeBody),
    ("unmerge", "case.merge", unmerge, Nothing),
]

ROUTES = [
    Route(
        "POST",
        f"/cases/{NUMBER}/{name}",
        right,
        shown(act),
        CaseOut,
        body=body,
        versioned=True,
    )
    for name, right, act, body in ACTIONS
]
