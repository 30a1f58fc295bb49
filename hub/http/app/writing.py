"""Doing: begin a case, write, change, read, rate, cancel."""

from __future__ import annotations

from typing import Any

from hub.domain.errors import Invalid, NotFound
from hub.domain.message import Inbound
from hub.http.app.call import Call
from hub.http.app.routes import NUMBER, Route
from hub.http.app.shapes import (
    ChangedMessage,
    Done,
    KeyQuery,
    NewCase,
    NewMessage,
    Rating,
    Sent,
    Upto,
    Wish,
)
from hub.services.appreader import Line
from hub.services.appviews import AppCase
from hub.services.residentapp import entry_place

MESSAGE = "{id:[0-9]{1,9}-[0-9]{1,9}}"


async def begin(call: Call) -> Sent:
    """Begin a case. 202: it is kept and will stand in a case of its own in a moment, which the
    stream and `/sent/{key}` tell."""
    body: NewCase = call.body
    caller = call.caller
    said = await _said(call, body.key, body.text, body.files)
    await caller.app.begins(caller.reader)
    return await caller.keep({**said, "subject": body.subject, "thread": body.key})


async def write(call: Call) -> Sent:
    """Write in one of my cases. On a case that ended it is worked on again, or, after two weeks,
    another case begins that continues it."""
    body: NewMessage = call.body
    caller = call.caller
    talk = await caller.app.talk(caller.reader, call.number)
    said = await _said(call, body.key, body.text, body.files)
    own, below, thread = talk.case.conversation.partition(f"{caller.base}/")
    if not own and below and thread:
        said["thread"] = thread
    elif talk.case.conversation != caller.base:
        # It is led elsewhere, or staff made it.
        said["case"] = call.number
    if body.reply_to is not None:
        line = await _line(call, body.reply_to)
        if line.entry.account == caller.door.account and line.entry.external_ids:
            said["reply_to"] = line.entry.external_ids[0]
    await caller.app.begins(caller.reader)
    return await caller.keep(said)


async def change(call: Call) -> Sent:
    """Change a message of mine."""
    body: ChangedMessage = call.body
    return await call.caller.keep(
        {"type": "edit", "id": body.key, "message": await _own(call), "text": body.text}
    )


async def take_back(call: Call) -> Sent:
    """Take a message of mine back; staff see that it was there."""
    query: KeyQuery = call.query
    return await call.caller.keep(
        {"type": "edit", "id": query.key, "message": await _own(call), "deleted": True}
    )


async def read(call: Call) -> Done:
    """I have read everything up to this message."""
    body: Upto = call.body
    return Done(messages=await call.caller.report(call.number, body.upto, "read"))


async def came(call: Call) -> Done:
    """Everything up to this message has come to this device."""
    body: Upto = call.body
    return Done(messages=await call.caller.report(call.number, body.upto, "delivered"))


async def types(call: Call) -> Done:
    """I am writing just now. Nobody keeps this."""
    await call.caller.app.types(call.caller.reader, call.number)
    return Done(messages=0)


async def cancel(call: Call) -> AppCase:
    """I need no answer any more."""
    body: Wish = call.body
    return await call.caller.app.withdraw(call.caller.reader, call.number, body.key)


async def reopen(call: Call) -> AppCase:
    """It is not solved: work goes on."""
    body: Wish = call.body
    return await call.caller.app.reopen(call.caller.reader, call.number, body.key)


async def rate(call: Call) -> AppCase:
    """Say what I think of the answer; the last word counts."""
    body: Rating = call.body
    caller = call.caller
    remark = _remark(call, body) if body.text.strip() else None
    return await caller.app.rate(caller.reader, call.number, body.value, remark)


def _remark(call: Call, body: Rating) -> Inbound:
    caller = call.caller
    to = caller.door.address(caller.resident)
    return Inbound(
        key=f"{caller.base}:{body.key}",
        account=to.account,
        channel=to.channel,
        conversation=to.conversation,
        sender=caller.door.sender(caller.resident),
        reply_to=to,
        text=body.text,
        sent_at=caller.desk.clock.now(),
        external_id=f"{caller.base.partition(':')[2]}:{body.key}",
    )


async def _said(call: Call, key: str, text: str, files: list[str]) -> dict[str, Any]:
    if not text.strip() and not files:
        raise Invalid(field="text", reason="required")
    await call.caller.app.files.own(call.caller.reader, files)
    return {"type": "message", "id": key, "text": text, "files": files}


async def _line(call: Call, name: str) -> Line:
    """A line of this case that they see, or NotFound."""
    caller = call.caller
    place = entry_place(name)
    line = await caller.app.line(caller.reader, call.number, place)
    if line is None:
        raise NotFound(what="message", id=name)
    return line


async def _own(call: Call) -> str:
    """What they called the message in the path when they sent it by this app, or NotFound."""
    line = await _line(call, call.id)
    prefix = f"{call.caller.base.partition(':')[2]}:"
    name = line.entry.external_ids[0] if line.entry.external_ids else ""
    mine = line.entry.direction == "in" and line.entry.account == call.caller.door.account
    if not mine or not name.startswith(prefix):
        raise NotFound(what="message", id=call.id)
    return name.removeprefix(prefix)


CASE = f"/cases/{NUMBER}"
ONE = f"{CASE}/messages/{MESSAGE}"
ROUTES = [
    Route("POST", "/cases", begin, Sent, "write", body=NewCase, status=202),
    Route("POST", f"{CASE}/messages", write, Sent, "write", body=NewMessage, status=202),
    Route("PATCH", ONE, change, Sent, "write", body=ChangedMessage, status=202),
    Route("DELETE", ONE, take_back, Sent, "write", query=KeyQuery, status=202),
    Route("POST", f"{CASE}/read", read, Done, "type", body=Upto),
    Route("POST", f"{CASE}/got", came, Done, "type", body=Upto),
    Route("POST", f"{CASE}/typing", types, Done, "type"),
    Route("POST", f"{CASE}/cancel", cancel, AppCase, "write", body=Wish),
    Route("POST", f"{CASE}/reopen", reopen, AppCase, "write", body=Wish),
    Route("POST", f"{CASE}/rate", rate, AppCase, "write", body=Rating),
]
