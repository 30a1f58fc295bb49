"""Forum groups and what stands in their topics. Durable: a topic is made once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from hub.domain.forum import ForumPlace, Topic


class Forums(Protocol):
    """Places are few and read whole; of topics there is one for every case."""

    async def places(self) -> list[ForumPlace]: ...

    async def place(self, place_id: str) -> ForumPlace | None: ...

    async def add_place(self, place: ForumPlace) -> None:
        """Raises Duplicate."""

    async def save_place(self, place: ForumPlace) -> None:
        """On {_id, rev}. Raises Conflict."""

    async def drop_place(self, place_id: str) -> None:
        """The place and everything that is known of its topics."""

    async def topic(self, place_id: str, what: int | str, now: datetime) -> Topic:
        """What is known of a topic; an empty one is written down where nothing is."""

    async def known(self, place_id: str, what: int | str) -> Topic | None:
        """As `topic`, None where nothing is known."""

    async def topics(self, case: int) -> list[Topic]:
        """Of one case, in every place."""

    async def at_thread(self, place_id: str, thread: int) -> Topic | None:
        """Whose topic this is."""

    async def called(self, place_id: str, name: str) -> Sequence[Topic]:
        """Topics that are called so, or are being made under this name."""

    async def save_topic(self, topic: Topic) -> None:
        """On {_id, rev}. Raises Conflict."""

    async def drop_topics(self, place_id: str) -> None:
        """Forget all topics of a place."""
