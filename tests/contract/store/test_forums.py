"""Forum groups and their topics: what both stores promise."""

from __future__ import annotations

from typing import Any

import pytest

from hub.domain.forum import FIXED, ForumPlace
from hub.ports.saving import Conflict, Duplicate
from tests.contract.store.samples import at


def place(ident: str = "p1", chat: int = -100) -> ForumPlace:
    return ForumPlace(id=ident, account="shift", chat=chat, group="main", at=at())


async def test_a_place_is_seen_in_the_directory_and_goes(ports: Any) -> None:
    await ports.forums.add_place(place())
    with pytest.raises(Duplicate):
        await ports.forums.add_place(place(chat=-200))
    ports.staff.forget()
    directory = await ports.staff.directory()
    known = directory.forum_at("shift", -100)
    assert known is not None
    assert directory.forum_of("main", 7) == known
    assert directory.forum_of("other", 7) is None
    known.chat, known.trouble = -300, "rights"
    await ports.forums.save_place(known)
    ports.staff.forget()
    moved = (await ports.staff.directory()).forum_at("shift", -300)
    assert moved is not None
    assert not moved.works
    await ports.forums.drop_place("p1")
    assert await ports.forums.places() == []


async def test_of_two_who_change_a_place_the_second_looks_again(ports: Any) -> None:
    await ports.forums.add_place(place())
    one, other = await ports.forums.place("p1"), await ports.forums.place("p1")
    assert one is not None
    assert other is not None
    one.title, other.title = "Диспетчерская", "Аварийная"
    await ports.forums.save_place(one)
    with pytest.raises(Conflict):
        await ports.forums.save_place(other)


async def test_a_topic_is_found_by_case_thread_and_name(ports: Any) -> None:
    await ports.forums.add_place(place())
    assert await ports.forums.known("p1", 5) is None
    topic = await ports.forums.topic("p1", 5, at())
    assert (topic.case, topic.thread) == (5, 0)
    topic.making = "5 · Ленина"
    await ports.forums.save_topic(topic)
    assert [one.id for one in await ports.forums.called("p1", "5 · Ленина")] == [topic.id]
    topic.thread, topic.name, topic.making = 77, "5 · Ленина", ""
    await ports.forums.save_topic(topic)
    assert [one.id for one in await ports.forums.called("p1", "5 · Ленина")] == [topic.id]
    found = await ports.forums.at_thread("p1", 77)
    assert found == topic
    assert await ports.forums.at_thread("p2", 77) is None
    assert [one.id for one in await ports.forums.topics(5)] == [topic.id]
    again = await ports.forums.topic("p1", 5, at())
    assert again == topic


async def test_of_two_who_change_a_topic_the_second_looks_again(ports: Any) -> None:
    one = await ports.forums.topic("p1", FIXED[0], at())
    other = await ports.forums.topic("p1", FIXED[0], at())
    one.thread = 3
    await ports.forums.save_topic(one)
    with pytest.raises(Conflict):
        await ports.forums.save_topic(other)
    await ports.forums.drop_topics("p1")
    assert await ports.forums.known("p1", FIXED[0]) is None
