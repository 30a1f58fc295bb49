"""Topics are made once, whichever word of it comes first."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bots.operator.forum.maker import TopicMaker
from hub.domain.forum import ForumPlace, Topic
from hub.ports.saving import Conflict
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


async def test_a_topic_that_somebody_else_changed_takes_no_turn() -> None:
    """The name is written down between the turn and the call: where that is refused, there is no
    call, and the turn is somebody else's."""
    forums, voice = MemoryForums(), Waited()
    maker = TopicMaker(
        cast(Any, SimpleNamespace(forums=forums, clock=SimpleNamespace(now=lambda: NOW))),
        cast(Any, voice),
    )
    topic = await forums.topic("p", 17, NOW)
    await forums.save_topic(await forums.topic("p", 17, NOW))
    with pytest.raises(Conflict):
        await maker.make(PLACE, topic, NAME)
    assert voice.turns == {"1": "given back"}


class Waited:
    """Hands out turns and calls nobody."""

    def __init__(self) -> None:
        self.turns: dict[str, str] = {}

    async def turn(self, place: ForumPlace) -> str:
        self.turns["1"] = "taken"
        return "1"

    async def give_back(self, place: ForumPlace, turn: str) -> None:
        self.turns[turn] = "given back"
