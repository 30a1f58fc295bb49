"""/calls and /callbacks: telephone conversations, and those that are owed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from hub.domain.call import Call
from hub.domain.callback import Callback
from hub.domain.callnote import CallNote
from hub.domain.errors import Invalid
from hub.domain.staff import Directory
from hub.http.api.ask import Ask, Input, Reply, instant
from hub.http.api.cases import Aware, Cursor, Limit, Name
from hub.http.api.files import sent
from hub.http.api.routes import ID, Route
from hub.http.api.shapes import PREFIX, Listed
from hub.phones import e164
from hub.ports.calls import CallFilter


class CallsQuery(Input):
    """`kind`: in, out, inner or missed; `staff` is a login; `phone` in any form."""

    kind: Literal["", "in", "out", "inner", "missed"] = ""
    staff: Name = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    contact: Name = ""
    case: Annotated[int, Meta(ge=0, le=10**9)] = 0
    account: Name = ""
    since: Aware | None = None
    cursor: Cursor | None = None
    limit: Limit = 50


class CallbacksQuery(Input):
    """Open ones, who waits longest first; with `done` those that are settled, the newest first."""

    done: bool = False
    cursor: Cursor | None = None
    limit: Limit = 50


class RecordingOut(msgspec.Struct, kw_only=True):
    """A recording: `state` waiting, ready (then `url`) or failed (then `reason`)."""

    state: str
    url: str
    mime: str
    size: int
    duration: int
    reason: str


class LegOut(msgspec.Struct, kw_only=True):
    """A part of the conversation with one end: `phase` ringing, talking, held, ended."""

    id: str
    extension: str
    phase: str
    result: str | None


class CallOut(msgspec.Struct, kw_only=True):
    """A conversation. `caller` and `callee` as people read them; `number` is the other side's
    (E.164, empty where hidden). Seconds; null is not known. `result` is null until something proves
    it. `staff`: logins of those who had it, `rung` of those at whose desks it rang."""

    id: str
    account: str
    channel: str
    direction: str | None
    number: str
    caller: str
    callee: str
    line: str
    queue: str
    group: str
    contact: str
    name: str
    premises: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    waiting: int | None
    talk: int | None
    result: str | None
    missed: bool
    transferred: bool
    voicemail: bool
    spam: bool
    staff: list[str]
    rung: list[str]
    legs: list[LegOut]
    cases: list[int]
    recordings: list[RecordingOut]


class CallbackOut(msgspec.Struct, kw_only=True):
    """A call that is owed. `why`: missed, voicemail, request; `due` by the norm; `how` it ended."""

    id: str
    number: str
    name: str
    premises: str
    contact: str
    line: str
    group: str
    why: str
    calls: list[str]
    since: datetime
    due: datetime
    overdue: bool
    state: str
    taken_by: str
    tries: int
    how: str | None
    done_by: str
    done_at: datetime | None
    comment: str


async def page(ask: Ask) -> Reply:
    """List calls, the one that began last first."""
    query: CallsQuery = ask.query
    number = e164(query.phone)
    if query.phone and not number:
        raise Invalid(field="phone", reason="unknown")
    asked = CallFilter(
        kind=query.kind,
        staff=query.staff,
        number=number,
        contacts=(query.contact,) if query.contact else (),
        case=query.case,
        account=query.account,
        since=instant(query.since, "since") if query.since else None,
    )
    found = await ask.services.calls.page(asked, ask.actor, cursor=query.cursor, limit=query.limit)
    directory = await ask.services.people.directory()
    return Reply(Listed(items=[call_out(one, directory) for one in found.items], next=found.next))


async def one(ask: Ask) -> Reply:
    """Show one call."""
    call = await ask.services.calls.get(ask.id, ask.actor)
    return Reply(call_out(call, await ask.services.people.directory()))


async def recording(ask: Ask) -> web.StreamResponse:
    """Read the recording of a call (its first one) or a range of it."""
    calls = ask.services.calls
    _, _, info = await calls.recording(ask.id, ask.actor)
    return await sent(ask.request, info, lambda start, end: calls.read(info, start, end))


async def owed(ask: Ask) -> Reply:
    """List calls that are owed."""
    query: CallbacksQuery = ask.query
    found = await ask.services.callbacks.page(
        ask.actor, done=query.done, cursor=query.cursor, limit=query.limit
    )
    now = ask.services.deps.clock.now()
    items = [callback_out(entry, now) for entry in found.items]
    return Reply(Listed(items=items, next=found.next))


def call_out(call: Call, directory: Directory) -> CallOut:
    """A call as the API shows it."""
    facts, note = call.facts, CallNote.of(call, directory)
    return CallOut(
        id=call.id,
        account=call.account,
        channel=call.channel,
        direction=facts.direction,
        number=facts.number,
        caller=note.caller,
        callee=note.callee,
        line=facts.line,
        queue=facts.queue,
        group=facts.group,
        contact=call.contact,
        name=call.name,
        premises=call.premises,
        started_at=facts.started_at,
        answered_at=facts.answered_at,
        ended_at=facts.ended_at,
        waiting=facts.waiting,
        talk=facts.talk,
        result=facts.result,
        missed=facts.missed,
        transferred=facts.transferred,
        voicemail=facts.voicemail,
        spam=call.spam,
        staff=call.staff,
        rung=call.rung,
        legs=[
            LegOut(
                id=leg.id,
                extension=leg.extension,
                phase="ended" if facts.over else leg.phase,
                result=leg.result,
            )
            for leg in facts.legs
        ],
        cases=call.cases,
        recordings=_recordings(call),
    )


def _recordings(call: Call) -> list[RecordingOut]:
    return [
        RecordingOut(
            state=one.state,
            url=f"{PREFIX}/calls/{call.id}/recording" if one.state == "ready" else "",
            mime=one.mime,
            size=one.size,
            duration=one.duration,
            reason=one.reason,
        )
        for one in call.recordings
    ]


def callback_out(entry: Callback, now: datetime) -> CallbackOut:
    """A call that is owed, as the API shows it."""
    return CallbackOut(
        id=entry.id,
        number=entry.number,
        name=entry.name,
        premises=entry.premises,
        contact=entry.contact,
        line=entry.line,
        group=entry.group,
        why=entry.why,
        calls=entry.calls,
        since=entry.since,
        due=entry.due,
        overdue=entry.late(now),
        state=entry.state,
        taken_by=entry.taken_by,
        tries=entry.tries,
        how=entry.how,
        done_by=entry.done_by,
        done_at=entry.done_at,
        comment=entry.comment,
    )


ROUTES = [
    Route("GET", "/calls", "call.read", page, Listed[CallOut], query=CallsQuery),
    Route("GET", f"/calls/{ID}", "call.read", one, CallOut),
    Route("GET", f"/calls/{ID}/recording", "call.read", recording),
    Route("GET", "/callbacks", "callback.work", owed, Listed[CallbackOut], query=CallbacksQuery),
]
