"""/quick-replies: the templates that operators send with two taps."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from hub.domain.catalog import QuickReply
from hub.http.api.ask import Ask, Input, Reply
from hub.http.api.cases import Name
from hub.http.api.routes import ID, Route
from hub.http.api.shapes import PREFIX, Listed
from hub.services.quickreplies import MAX_TEXT, MAX_TITLE

Title = Annotated[str, Meta(min_length=1, max_length=MAX_TITLE)]
Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
Folder = Annotated[str, Meta(max_length=100)]
Language = Annotated[str, Meta(pattern="^[a-z]{2,3}$")]
Channels = Annotated[list[Annotated[str, Meta(min_length=1, max_length=50)]], Meta(max_length=50)]


class QuickRepliesQuery(Input):
    """What fits a channel, a group, a folder and these words."""

    channel: Name = ""
    group: Name = ""
    folder: Name = ""
    q: Name = ""


class NewQuickReply(Input):
    """`text` holds variables in braces; no `group`, no `channels`: all."""

    title: Title
    text: Text
    folder: Folder = ""
    group: Folder = ""
    language: Language = "ru"
    channels: Channels = msgspec.field(default_factory=list)


class QuickReplyChange(Input):
    """What is not named stays as it is."""

    title: Title | None = None
    text: Text | None = None
    folder: Folder | None = None
    group: Folder | None = None
    language: Language | None = None
    channels: Channels | None = None


class QuickReplyOut(msgspec.Struct, kw_only=True):
    """A quick reply; `used` how often it was sent."""

    id: str
    title: str
    text: str
    folder: str
    group: str
    language: str
    channels: list[str]
    used: int
    updated_at: datetime


async def page(ask: Ask) -> Reply:
    """List quick replies by folder, most used first."""
    query: QuickRepliesQuery = ask.query
    found = await ask.services.quick_replies.usable(
        ask.actor,
        channel=query.channel,
        group=query.group,
        words=query.q,
        folder=query.folder,
    )
    return Reply(Listed(items=[out(one) for one in found]))


async def one(ask: Ask) -> Reply:
    """Show a quick reply."""
    return Reply(out(await ask.services.quick_replies.get(ask.id, ask.actor)))


async def create(ask: Ask) -> Reply:
    """Add a quick reply."""
    body: NewQuickReply = ask.body
    reply = QuickReply(
        id="",
        title=body.title,
        text=body.text,
        folder=body.folder,
        group=body.group,
        language=body.language,
        channels=body.channels,
        updated_at=ask.services.deps.clock.now(),
    )
    saved = await ask.services.quick_replies.save(reply, ask.actor, new=True)
    return Reply(out(saved), headers={"Location": f"{PREFIX}/quick-replies/{saved.id}"})


async def change(ask: Ask) -> Reply:
    """Change a quick reply."""
    body: QuickReplyChange = ask.body
    reply = await ask.services.quick_replies.get(ask.id, ask.actor)
    for name in body.__struct_fields__:
        value = getattr(body, name)
        if value is not None:
            setattr(reply, name, value)
    return Reply(out(await ask.services.quick_replies.save(reply, ask.actor)))


async def delete(ask: Ask) -> Reply:
    """Take a quick reply away."""
    await ask.services.quick_replies.delete(ask.id, ask.actor)
    return Reply()


def out(reply: QuickReply) -> QuickReplyOut:
    """A quick reply as the API shows it."""
    return QuickReplyOut(
        id=reply.id,
        title=reply.title,
        text=reply.text,
        folder=reply.folder,
        group=reply.group,
        language=reply.language,
        channels=reply.channels,
        used=sum(reply.used.values()),
        updated_at=reply.updated_at,
    )


PATH = "/quick-replies"
ROUTES = [
    Route(
        "GET",
        PATH,
        "quick_reply.use",
        page,
        Listed[QuickReplyOut],
        query=QuickRepliesQuery,
    ),
    Route("POST", PATH, "quick_reply.edit", create, QuickReplyOut, body=NewQuickReply, status=201),
    Route("GET", f"{PATH}/{ID}", "quick_reply.use", one, QuickReplyOut),
    Route(
        "PATCH", f"{PATH}/{ID}", "quick_reply.edit", change, QuickReplyOut, body=QuickReplyChange
    ),
    Route("DELETE", f"{PATH}/{ID}", "quick_reply.edit", delete, status=204),
]
