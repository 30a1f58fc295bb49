"""No control character that anybody writes reaches a channel, a note or a list, and nothing is
refused or lost for it."""

from __future__ import annotations

import pytest

from hub.domain.catalog import QuickReply
from hub.domain.errors import Invalid
from hub.domain.staff import SYSTEM, Actor
from tests.support.api import furnish, serving
from tests.support.world import START, World

ODD = "Мастер\x00 будет\x1b[1m\r\nв 15:00\x85завтра\x7f\x9f"
TOLD = "Мастер будет[1m\nв 15:00\nзавтра"


@pytest.fixture
async def house() -> World:
    world = World()
    await furnish(world)
    return world


@pytest.fixture
async def emma(house: World) -> Actor:
    return Actor.of(await house.services.people.get("emma"))


async def test_what_staff_write_leaves_without_them(house: World, emma: Actor) -> None:
    await house.say("Нет воды")
    replies = house.services.replies
    await replies.send(1, emma, ODD)
    _, note = await replies.comment(1, emma, ODD)
    assert note.text == TOLD
    await house.services.replies.revise(1, note.seq, emma, f"{ODD}!")
    await house.settle()
    assert [out.text for out in house.channel.sent] == [TOLD]
    case = await house.services.queries.case(1, emma)
    assert case.thread[-1].text == f"{TOLD}!"
    with pytest.raises(Invalid):
        await replies.send(1, emma, "\x00\x01")


async def test_a_quick_reply_is_kept_without_them(house: World, emma: Actor) -> None:
    reply = QuickReply(id="q", title="Мастер\x00\nпридёт", text=ODD, updated_at=START)
    empty = QuickReply(id="e", title="\x00", text=ODD, updated_at=START)
    kept = await house.services.quick_replies.save(reply, SYSTEM, new=True)
    assert (kept.title, kept.text) == ("Мастер придёт", TOLD)
    with pytest.raises(Invalid):
        await house.services.quick_replies.save(empty, SYSTEM, new=True)


async def test_what_programs_write_is_read_without_them(house: World) -> None:
    await house.say("Нет воды")
    async with serving(house.services) as api:
        await api.post("/cases/1/take")
        await api.post("/cases/1/transfer", {"operator": "oleg", "note": ODD})
        await api.post("/cases/1/comment", {"text": ODD})
        shown = await api.post("/cases/1/resolve", {"result": "done", "comment": ODD})
        said = [line["text"] for line in shown["thread"]]
        assert said[1:3] == [TOLD, TOLD]
        contact = {"name": "Анна\x00 Ким", "phone": "+79161234567"}
        body = {"text": ODD, "contact": contact, "key": "k", "subject": "\x7fКран"}
        made = await api.post("/cases", body, 201)
        assert (made["text"], made["subject"]) == (TOLD, "Кран")
        assert made["contact"]["name"] == "Анна Ким"
        await api.post("/cases/1/comment", {"text": "\x00"}, 422)
        await api.post("/cases", body | {"key": "other", "text": "\x00"}, 422)
        await house.settle()
    assert all("\x00" not in out.text for out in house.channel.sent)
    assert any(TOLD in out.text for out in house.channel.sent)


async def test_what_residents_write_is_filed_without_them(house: World, emma: Actor) -> None:
    await house.say(f"{ODD}\x00")
    case = await house.services.queries.case(1, emma)
    assert (case.text, case.thread[0].text) == (TOLD, TOLD)
