"""The twin of forum places and their topics."""

from __future__ import annotations

from datetime import datetime

from hub.domain.forum import ForumPlace, Topic, topic_id
from tests.support.memory.table import Table


class MemoryForums:
    def __init__(self) -> None:
        self.rows, self._topics = Table(ForumPlace), Table(Topic)

    async def places(self) -> list[ForumPlace]:
        return list(self.rows)

    async def place(self, place_id: str) -> ForumPlace | None:
        return self.rows.get(place_id)

    async def add_place(self, place: ForumPlace) -> None:
        self.rows.add(place)

    async def save_place(self, place: ForumPlace) -> None:
        self.rows.swap(place)

    async def drop_place(self, place_id: str) -> None:
        self.rows.drop(place_id)
        await self.drop_topics(place_id)

    async def topic(self, place_id: str, what: int | str, now: datetime) -> Topic:
        known = await self.known(place_id, what)
        if known is None:
            case = what if isinstance(what, int) else 0
            known = Topic(id=topic_id(place_id, what), place=place_id, case=case, at=now)
            self._topics.add(known)
        return known

    async def known(self, place_id: str, what: int | str) -> Topic | None:
        return self._topics.get(topic_id(place_id, what))

    async def topics(self, case: int) -> list[Topic]:
        return self._topics.where(lambda one: one.case == case)

    async def at_thread(self, place_id: str, thread: int) -> Topic | None:
        found = self._topics.where(lambda one: (one.place, one.thread) == (place_id, thread))
        return found[0] if found else None

    async def called(self, place_id: str, name: str) -> list[Topic]:
        return self._topics.where(
            lambda one: one.place == place_id and (one.making or one.name) == name
        )

    async def save_topic(self, topic: Topic) -> None:
        self._topics.swap(topic)

    async def drop_topics(self, place_id: str) -> None:
        for topic in [one for one in self._topics if one.place == place_id]:
            self._topics.drop(topic.id)
