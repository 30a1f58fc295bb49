"""Answers, comments, retries."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.domain.catalog import QuickReply
from hub.domain.errors import Forbidden, Invalid, NoAddress, NotFound, Undeliverable
from hub.domain.message import Outbound, Outcome, Rejected
from hub.domain.staff import Actor
from hub.ports.channel import Capabilities
from hub.services.replies import MAX_TEXT, kind_of
from tests.support.world import World


@pytest.fixture(autouse=True)
async def case(world: World) -> None:
    await world.say("Нет воды")


async def bytes_of(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def upload(world: World, by: Actor, size: int = 10) -> str:
    stored = await world.services.uploads.put("акт.txt", bytes_of(b"x" * size), by)
    return stored.id


async def test_answer_reaches_the_resident_with_its_file(world: World, emma: Actor) -> None:
    file_id = await upload(world, emma)
    _, entry = await world.services.replies.send(1, emma, "Акт", files=[file_id])
    await world.settle()
    (out,) = world.channel.sent
    assert (out.text, [file.id for file in out.files]) == ("Акт", [file_id])
    assert (out.case, out.in_reply_to, out.signature) == (1, "m1", "УК Дом")
    assert entry.author.name == "Аксакова Э. Ю."
    info = await world.store.files.info(file_id)
    assert info is not None
    assert info.case == 1


async def test_executor_comments_on_their_case_and_answers_nobody(
    world: World, emma: Actor, ivan: Actor
) -> None:
    replies = world.services.replies
    with pytest.raises(Forbidden):
        await replies.comment(1, ivan, "был")
    await world.services.casework.executors(1, emma, add=["ivan"])
    await replies.comment(1, ivan, "был")
    with pytest.raises(Forbidden):
        await replies.send(1, ivan, "Дали")


async def test_refused_answer_takes_no_file_into_the_case(
    world: World, emma: Actor, ivan: Actor
) -> None:
    """A file that belongs to a case is read by its people; who may not write there adds none."""
    file_id = await upload(world, ivan)
    for call in (world.services.replies.comment, world.services.replies.send):
        with pytest.raises(Forbidden):
            await call(1, ivan, "вот", files=[file_id])
    info = await world.store.files.info(file_id)
    assert info is not None
    assert info.case == 0


async def test_file_of_another_case_is_not_there(world: World, emma: Actor) -> None:
    await world.say("Лифт", "boris")
    file_id = await upload(world, emma)
    await world.services.replies.comment(2, emma, "акт", files=[file_id])
    with pytest.raises(NotFound):
        await world.services.replies.send(1, emma, "акт", files=[file_id])


async def test_what_the_channel_cannot_carry_is_refused_at_once(world: World, emma: Actor) -> None:
    big = await upload(world, emma, 1001)
    with pytest.raises(Undeliverable) as refusal:
        await world.services.replies.send(1, emma, "Акт", files=[big])
    assert refusal.value.params["reason"] == "file_size"
    world.channel.caps = Capabilities(max_text=70)
    small = await upload(world, emma)
    with pytest.raises(Undeliverable) as refusal:
        await world.services.replies.send(1, emma, "Акт", files=[small])
    assert refusal.value.params["reason"] == "files"
    await world.services.replies.comment(1, emma, "в дело", files=[big])


async def test_text_has_a_limit(world: World, emma: Actor) -> None:
    await world.services.replies.comment(1, emma, "x" * MAX_TEXT)
    for call in (world.services.replies.comment, world.services.replies.send):
        with pytest.raises(Invalid) as refusal:
            await call(1, emma, "x" * (MAX_TEXT + 1))
        assert refusal.value.params["reason"] == "too_long"


async def test_answer_by_another_identity_of_the_contact(world: World, emma: Actor) -> None:
    await world.say("с почты", "anna", conversation="site:anna-2")
    replies = world.services.replies
    (address,) = await replies.addresses(1)
    _, entry = await replies.send(1, emma, "Дали", to=address.identity)
    assert entry.delivery is not None
    assert entry.delivery.to == address
    with pytest.raises(NoAddress):
        await replies.send(1, emma, "Дали", to="phone:+79160000000")


async def test_address_that_cannot_be_reached_is_not_offered_beside_the_last_one(
    world: World, emma: Actor
) -> None:
    world.channel.outcomes = [Rejected("blocked", gone=True)]
    await world.services.replies.send(1, emma, "Дали")
    await world.settle()
    case = await world.services.book.load(1)
    case.address = None
    await world.store.cases.save(case, "op")
    assert await world.services.replies.addresses(1) == []


async def test_keys_of_two_people_and_of_two_kinds_are_apart(
    world: World, emma: Actor, oleg: Actor
) -> None:
    replies = world.services.replies
    for by in (emma, oleg):
        await replies.send(1, by, "Дали", key="1")
        await replies.comment(1, by, "Дали", key="1")
    case = await world.services.book.load(1)
    assert len(case.thread) == 5


async def test_use_of_a_quick_reply_is_counted_by_month(world: World, emma: Actor) -> None:
    await world.store.catalog.put_quick_reply(
        QuickReply(id="q", title="Вода", text="Дали", updated_at=world.clock.now()), new=True
    )
    await world.services.replies.send(1, emma, "Дали", quick_reply="q")
    found = await world.store.catalog.quick_reply("q")
    assert found is not None
    assert found.used == {"2026-11": 1}


@pytest.mark.parametrize(
    ("mime", "kind"),
    [
        ("image/png", "photo"),
        ("audio/ogg", "audio"),
        ("video/mp4", "video"),
        ("text/plain", "file"),
        ("", "file"),
    ],
)
def test_kind_of_a_file(mime: str, kind: str) -> None:
    assert kind_of(mime) == kind


async def test_a_changed_answer_is_changed_at_the_resident_where_the_channel_can(
    world: World, emma: Actor
) -> None:
    world.channel.caps = Capabilities(
        max_text=4096, max_edit=100, max_caption=50, files=True, edit=True
    )
    _, entry = await world.services.replies.send(1, emma, "Дали")
    await world.settle()
    case = await world.services.replies.revise(1, entry.seq, emma, "Дадим")
    await world.settle()
    assert [(out.edit, out.text) for out in world.channel.sent] == [("", "Дали"), ("out1", "Дадим")]
    case = await world.services.book.load(1)
    delivery = case.entry(entry.seq).delivery
    assert delivery is not None
    assert delivery.edit == "done"
    with pytest.raises(Undeliverable) as refused:
        await world.services.replies.revise(1, entry.seq, emma, "x" * 99)
    assert refused.value.params["reason"] == "edit_long"


async def test_what_became_of_an_earlier_change_covers_no_later_one(
    world: World, emma: Actor
) -> None:
    world.channel.caps = Capabilities(max_text=4096, max_edit=100, edit=True)
    _, entry = await world.services.replies.send(1, emma, "Дали")
    await world.settle()
    send = world.channel.send

    async def slow(out: Outbound) -> Outcome:
        world.channel.send = send  # type: ignore[method-assign]
        await world.services.replies.revise(1, entry.seq, emma, "Дадим завтра")
        return Rejected("busy")

    world.channel.send = slow  # type: ignore[method-assign]
    await world.services.replies.revise(1, entry.seq, emma, "Дадим")
    await world.settle()
    held = (await world.services.book.load(1)).entry(entry.seq)
    assert [*(one.text for one in held.edits), held.text] == ["Дали", "Дадим", "Дадим завтра"]
    assert held.delivery is not None
    assert held.delivery.edit == "done"
    assert (world.channel.sent[-1].edit, world.channel.sent[-1].text) == ("out1", "Дадим завтра")


async def test_a_channel_that_cannot_change_what_it_sent_says_so(world: World, emma: Actor) -> None:
    _, entry = await world.services.replies.send(1, emma, "Дали")
    await world.settle()
    with pytest.raises(Undeliverable) as refused:
        await world.services.replies.revise(1, entry.seq, emma, "Дадим")
    assert refused.value.params["reason"] == "no_edit"
    assert (await world.services.book.load(1)).entry(entry.seq).text == "Дали"


async def test_an_album_in_several_messages_is_one_answer(world: World, emma: Actor) -> None:
    replies = world.services.replies
    for number in range(3):
        file = await upload(world, emma)
        text = "Акты" if number == 0 else ""
        await replies.send(1, emma, text, files=[file], key=f"u{number}", album="g1")
        again, _ = await replies.send(1, emma, text, files=[file], key=f"u{number}", album="g1")
    assert len([one for one in again.thread if one.direction == "out"]) == 1
    await world.settle()
    assert world.channel.sent == []
    world.clock.forward(seconds=3)
    await world.relay.drain([1])
    (out,) = world.channel.sent
    assert (out.text, len(out.files)) == ("Акты", 3)
