"""Where something was said to a staff bot: in private, or in a topic of a forum group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from hub.domain.forum import ForumPlace
from hub.domain.staff import Staff

HERE = "here"
"""Begins the keys of what was written in a forum group, so that it is not shown there again."""

EVERYBODY = Staff(
    login="",
    name="",
    roles=["operator"],
    created_at=datetime.fromtimestamp(0, UTC),
    updated_at=datetime.fromtimestamp(0, UTC),
)
"""Who reads a forum group: cards there are drawn for nobody in particular."""


@dataclass(frozen=True)
class Where:
    """`place` None: a private chat. `thread` is the topic, 0 in General; `case` whose topic it is,
    0 where it is none of a case."""

    place: ForumPlace | None = None
    thread: int = 0
    case: int = 0


PRIVATE = Where()


def written_here(key: str, account: str, chat: int) -> bool:
    """An entry with this key was written in this chat, by hand or by a menu there."""
    return any(f":{how}:{account}:{chat}:" in f":{key}" for how in (HERE, "menu"))
