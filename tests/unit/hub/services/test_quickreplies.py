"""What an operator sends with two taps."""

from __future__ import annotations

import pytest

from hub.domain.catalog import QuickReply
from hub.domain.errors import Forbidden, Invalid, NotFound
from hub.domain.staff import Actor
from hub.services.quickreplies import MAX_TEXT, MAX_TITLE
from tests.support.world import World


@pytest.fixture(autouse=True)
async def cases(world: World) -> None:
    for who, text in (("anna", "Нет воды"), ("boris", "Лифт стоит")):
        await world.say(text, who)
        world.clock.forward(minutes=1)


def quick(title: str = "Вода", **fields: object) -> QuickReply:
    known = {"id": "", "title": title, "text": "{имя}, дали", "updated_at": None}
    return QuickReply(**(known | fields))  # type: ignore[arg-type]


async def test_operators_keep_private_ones_and_use_the_common_ones(
    world: World, emma: Actor, oleg: Actor, admin: Actor
) -> None:
    quick_replies = world.services.quick_replies
    await quick_replies.save(quick(), admin, new=True)
    own = await quick_replies.save(quick("Моё", owner="emma"), emma, new=True)
    assert [one.title for one in await quick_replies.usable(emma)] == ["Вода", "Моё"]
    assert [one.title for one in await quick_replies.usable(oleg)] == ["Вода"]
    with pytest.raises(NotFound):
        await quick_replies.get(own.id, oleg)
    for call in (
        quick_replies.save(quick("Общее"), emma, new=True),
        quick_replies.save(quick("Чужое", owner="oleg"), emma, new=True),
        quick_replies.delete(own.id, oleg),
    ):
        with pytest.raises(Forbidden):
            await call


async def test_private_one_cannot_be_made_of_a_common_one(
    world: World, emma: Actor, admin: Actor
) -> None:
    common = await world.services.quick_replies.save(quick(), admin, new=True)
    common.owner = "emma"
    with pytest.raises(Forbidden):
        await world.services.quick_replies.save(common, emma)


async def test_deleted_quick_reply_can_be_had_back(world: World, admin: Actor) -> None:
    quick_replies = world.services.quick_replies
    made = await quick_replies.save(quick(), admin, new=True)
    await quick_replies.delete(made.id, admin)
    assert await quick_replies.usable(admin) == []
    with pytest.raises(NotFound):
        await quick_replies.get(made.id, admin)
    await quick_replies.restore(made.id, admin)
    assert len(await quick_replies.usable(admin)) == 1
    with pytest.raises(NotFound):
        await quick_replies.delete("nothing", admin)


async def test_most_used_stands_first_in_its_folder(world: World, admin: Actor) -> None:
    quick_replies = world.services.quick_replies
    for title, folder in (("А", "Вода"), ("Б", "Вода"), ("В", "")):
        await quick_replies.save(quick(title, folder=folder), admin, new=True)
    second = next(one for one in await quick_replies.usable(admin) if one.title == "Б")
    await world.store.catalog.count_use(second.id, "2026-11")
    assert [one.title for one in await quick_replies.usable(admin)] == ["В", "Б", "А"]
    assert await quick_replies.folders(admin) == {"": 1, "Вода": 2}


async def test_quick_reply_is_filled(world: World, emma: Actor) -> None:
    case = await world.services.book.load(1)
    filled = world.services.quick_replies.fill("{organisation} и {odd}", case, emma)
    assert filled == "УК Дом и {odd}"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * (MAX_TITLE + 1)}, "title"),
        ({"text": ""}, "text"),
        ({"text": "x" * (MAX_TEXT + 1)}, "text"),
    ],
)
async def test_quick_reply_that_cannot_be_is_refused(
    world: World, admin: Actor, fields: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await world.services.quick_replies.save(quick(**fields), admin, new=True)  # type: ignore[arg-type]
    assert refusal.value.params["field"] == field
