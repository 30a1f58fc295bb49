"""Topics are made once, whichever word of it comes first."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from bots.operator.forum.maker import TopicMaker
from hub.domain.forum import ForumPlace, Topic
from tests.support.memory.forums import MemoryForums

NOW = datetime(2026, 11, 23, tzinfo=UTC)
PLACE = ForumPlace(id="p", account="shift", chat=-1, group="main", title="", by="emma", at=NOW)
NAME = "17 · Иванова"


class Late(MemoryForums):
    """The answer of Telegram is written down just after somebody looked for the topic."""

    async def at_thread(self, place_id: str, thread: int) -> Topic | None:
        found = await super().at_thread(place_id, thread)
        topic = await self.topic(place_id, 17, NOW)
        topic.thread, topic.name, topic.making = thread, NAME, ""
        await self.save_topic(topic)
        return found


async def making(forums: MemoryForums) -> TopicMaker:
    topic = await forums.topic("p", 17, NOW)
    topic.making = NAME
    await forums.save_topic(topic)
    return TopicMaker(cast(Any, SimpleNamespace(forums=forums)), cast(Any, None))


async def test_our_own_topic_is_not_one_too_many() -> None:
    """A topic was deleted under the operators, since its number was not yet known when Telegram
    told of it and was known a moment later."""
    maker = await making(Late())
    assert await maker.heard(PLACE, 109, NAME) == 0


async def test_word_that_comes_before_the_answer_is_taken_for_it() -> None:
    forums = MemoryForums()
    maker = await making(forums)
    assert await maker.heard(PLACE, 109, NAME) == 0
    topic = await forums.topic("p", 17, NOW)
    assert (topic.thread, topic.making) == (109, "")


async def test_a_second_topic_of_the_same_case_is_one_too_many() -> None:
    forums = MemoryForums()
    maker = await making(forums)
    await maker.heard(PLACE, 109, NAME)
    assert await maker.heard(PLACE, 110, NAME) == 110
