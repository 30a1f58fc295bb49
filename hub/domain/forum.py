"""The forum group as a desk: a supergroup with topics where a queue is worked through."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Trouble = Literal["", "kicked", "rights", "topics"]
"""Why nothing can be said there: thrown out, without the rights it needs, topics switched off."""

FIXED = ("overdue", "spam", "service")
"""Topics that every place has; the queue itself stands in General."""
QUEUE = "queue"


class ForumPlace(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A group of Telegram that is the desk of a queue (`group`).

    `id` stays while `chat` may change (a group that becomes a supergroup gets another number).
    `account` is the staff bot in it. `members` are the logins that were seen there: what the place
    tells they are not told in private as well.
    """

    id: str = msgspec.field(name="_id")
    rev: int = 0
    account: str
    chat: int
    group: str
    title: str = ""
    trouble: Trouble = ""
    members: list[str] = []
    by: str = ""
    at: datetime

    @property
    def works(self) -> bool:
        """Something can be said there."""
        return not self.trouble


class Topic(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What stands in a place of one case, or (`case` 0) of one of its fixed topics.

    `id` is `place:case` or `place:name`. `thread` is the platform's number of the topic, 0 while
    there is none; `making` the name of one that is being made and whose number is not known yet,
    since `at`. `name` is what the topic is called, `sign` the state that it was named for, `status`
    the state that was last told in it. `card` is the pinned message and `look` what it looks like.
    Entries of the case up to `posted` stand there (of the next one `part` messages); those before
    `since` came too early for it. `edits`, `troubles` (by entry) and `files` say which of them
    were told. `overdue` and `spam` name what the fixed topics say of the case, `line` what the
    queue says. `draws` counts how often the queue was drawn, last at `drawn`. `told` names what
    was said once and for all. `remade`: how often the topic had to be made again. `left`: the case
    went to another group.
    """

    id: str = msgspec.field(name="_id")
    rev: int = 0
    place: str
    case: int = 0
    thread: int = 0
    making: str = ""
    at: datetime
    name: str = ""
    sign: str = ""
    status: str = ""
    closed: bool = False
    card: int = 0
    look: str = ""
    pinned: bool = False
    posted: int = 0
    part: int = 0
    since: int = 0
    edits: dict[str, int] = {}
    troubles: dict[str, str] = {}
    files: list[str] = []
    overdue: datetime | None = None
    spam: int = 0
    line: str = ""
    draws: int = 0
    drawn: datetime | None = None
    told: list[str] = []
    remade: int = 0
    left: bool = False

    def gone(self) -> None:
        """Somebody deleted the topic: what stood there stands nowhere now."""
        self.thread = self.card = self.posted = self.part = self.since = 0
        self.pinned = self.closed = False
        self.look = self.sign = ""
        self.files = []
        self.remade += 1


def topic_id(place: str, what: int | str) -> str:
    """The name of a topic: of a case by its number, of a fixed one by its name."""
    return f"{place}:{what}"
