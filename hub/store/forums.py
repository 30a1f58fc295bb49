"""Forum groups and their topics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub.domain.forum import ForumPlace, Topic, topic_id
from hub.ports.saving import Duplicate
from hub.store.client import Mongo, repeated
from hub.store.codec import struct
from hub.store.rows import add, swap, with_rev


class Forums:
    """See hub.ports.forums.Forums."""

    def __init__(self, database: Mongo) -> None:
        self._places, self._topics = database["forums"], database["topics"]

    @repeated
    async def places(self) -> list[ForumPlace]:
        """All of them."""
        return [struct(ForumPlace, one) async for one in self._places.find()]

    @repeated
    async def place(self, place_id: str) -> ForumPlace | None:
        """As stored, never from memory."""
        found = await self._places.find_one({"_id": place_id})
        return None if found is None else struct(ForumPlace, found)

    async def add_place(self, place: ForumPlace) -> None:
        """Raises Duplicate."""
        await add(self._places, with_rev(place))

    async def save_place(self, place: ForumPlace) -> None:
        """On {_id, rev}. Raises Conflict."""
        await swap(self._places, place, with_rev(place))

    @repeated
    async def drop_place(self, place_id: str) -> None:
        """The place first: nothing is made there any more."""
        await self._places.delete_one({"_id": place_id})
        await self._topics.delete_many({"place": place_id})

    async def topic(self, place_id: str, what: int | str, now: datetime) -> Topic:
        """What is known; an empty one where nothing is."""
        known = await self.known(place_id, what)
        if known is not None:
            return known
        case = what if isinstance(what, int) else 0
        fresh = Topic(id=topic_id(place_id, what), place=place_id, case=case, at=now)
        try:
            await add(self._topics, _row(fresh))
        except Duplicate:
            known = await self.known(place_id, what)
        return known or fresh

    async def known(self, place_id: str, what: int | str) -> Topic | None:
        """None where nothing is known."""
        found = await self._find({"_id": topic_id(place_id, what)})
        return found[0] if found else None

    async def topics(self, case: int) -> list[Topic]:
        """Of one case, in every place."""
        return await self._find({"case": case})

    async def at_thread(self, place_id: str, thread: int) -> Topic | None:
        """Whose topic this is."""
        found = await self._find({"place": place_id, "thread": thread})
        return found[0] if found else None

    async def called(self, place_id: str, name: str) -> Sequence[Topic]:
        """By name, or by the name under which one is being made."""
        return await self._find({"place": place_id, "called": name})

    async def save_topic(self, topic: Topic) -> None:
        """On {_id, rev}. Raises Conflict."""
        await swap(self._topics, topic, _row(topic))

    @repeated
    async def drop_topics(self, place_id: str) -> None:
        """Forget all topics of a place."""
        await self._topics.delete_many({"place": place_id})

    @repeated
    async def _find(self, wanted: dict[str, Any]) -> list[Topic]:
        return [struct(Topic, one) async for one in self._topics.find(wanted)]


def _row(topic: Topic) -> dict[str, Any]:
    # Asked for where it is 0 as well.
    called = {"called": topic.making or topic.name}
    return {**with_rev(topic), "thread": topic.thread, **called}
