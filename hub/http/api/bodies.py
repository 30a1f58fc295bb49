"""What the actions on a case take."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from hub.domain.spamrules import Verdict
from hub.http.api.ask import BIGGEST, Input
from hub.http.api.cases import Aware
from hub.services.replies import MAX_TEXT

Login = Annotated[str, Meta(min_length=1, max_length=64)]
Key = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Long = Annotated[str, Meta(max_length=4000)]
FileId = Annotated[str, Meta(min_length=1, max_length=100)]
Files = Annotated[list[FileId], Meta(max_length=10)]
People = Annotated[list[Login], Meta(max_length=50)]


class AssignBody(Input):
    operator: Login


class TransferBody(Input):
    """To an operator or to a group; the note is required."""

    note: Annotated[str, Meta(min_length=1, max_length=4000)]
    operator: Annotated[str, Meta(max_length=64)] = ""
    group: Annotated[str, Meta(max_length=100)] = ""
    key: Key = ""


class ReturnBody(Input):
    note: Annotated[str, Meta(min_length=1, max_length=4000)]
    key: Key = ""


class ReplyBody(Input):
    """`to` is the key of another identity of the contact; `files` are ids of uploaded ones."""

    text: Text = ""
    files: Files = msgspec.field(default_factory=list)
    to: Annotated[str, Meta(max_length=300)] = ""
    key: Key = ""


class CommentBody(Input):
    text: Text = ""
    files: Files = msgspec.field(default_factory=list)
    key: Key = ""


class TypeBody(Input):
    type: Annotated[str, Meta(min_length=1, max_length=100)]


class DeadlineBody(Input):
    at: Aware


class ResponsibleBody(Input):
    """An empty login clears."""

    staff: Annotated[str, Meta(max_length=64)]


class ExecutorsBody(Input):
    add: People = msgspec.field(default_factory=list)
    remove: People = msgspec.field(default_factory=list)


class EditBody(Input):
    """What is not named stays as it is."""

    subject: Annotated[str, Meta(max_length=500)] | None = None
    text: Text | None = None
    premises: Annotated[str, Meta(max_length=500)] | None = None


class ResolveBody(Input):
    result: Annotated[str, Meta(min_length=1, max_length=100)]
    comment: Long = ""


class RejectBody(Input):
    reason: Annotated[str, Meta(min_length=1, max_length=4000)]


class SpamBody(Input):
    then: Verdict | None = None


class DeferBody(Input):
    until: Aware


class RetryBody(Input):
    """`message` is the id of a thread entry."""

    message: Annotated[str, Meta(max_length=20)] | Annotated[int, Meta(ge=1, le=BIGGEST)]
    to: Annotated[str, Meta(max_length=300)] = ""


class MergeBody(Input):
    into: Annotated[int, Meta(ge=1, le=999_999_999)]
