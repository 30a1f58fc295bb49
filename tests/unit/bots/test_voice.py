"""A turn of a group is used up by a call that came to Telegram, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramRetryAfter
from aiogram.methods import SendMessage

from bots.common.staffbot import StaffBot
from bots.common.teller import MAX_UPLOAD, Teller
from bots.operator.forum.voice import FREE, Halt, Voice
from hub.botapi.bot import make_bot
from hub.botapi.limits import limits
from hub.botapi.trouble import Cut, Unreached, Unsent
from hub.domain.forum import ForumPlace
from hub.domain.message import Attachment
from hub.services.places import ForumPlaces
from tests.support.budget import WindowsBudget
from tests.support.world import World

PLACE = ForumPlace(
    id="p", account="shift", chat=-100, group="main", at=datetime(2026, 11, 22, tzinfo=UTC)
)
SAY = SendMessage(chat_id=-100, text="x")
# The group alone, without what it bears at once.
MINUTE = limits("shift", -100)[-1:]


class Group:
    """A voice in a group at a server that answers with this error; time stands."""

    def __init__(self, error: TelegramAPIError) -> None:
        world = World()
        self.budget = WindowsBudget(lambda: 0.0)
        for name in ("spend", "give_back"):
            setattr(world.budget, name, getattr(self.budget, name))
        bot = make_bot("200:staff")

        async def make_request(*asked: Any, **options: Any) -> Any:
            raise error

        bot.session.make_request = make_request  # type: ignore[method-assign]
        bots = {"shift": StaffBot("shift", bot, frozenset({"operator"}))}
        places = ForumPlaces(world.deps, world.services.book)
        self.voice = Voice(bots, world.deps, places, Teller(bots, world.deps))

    async def used(self) -> int:
        """Turns that are gone."""
        free = 0
        while await self.budget.spend(MINUTE, str(free)) <= 0:
            free += 1
        return MINUTE[0].count - free


@pytest.mark.parametrize(
    ("error", "used"),
    [
        (Unreached(SAY, "ClientConnectorError"), 0),
        (Unsent(SAY, "file"), 0),
        (Cut(SAY, "TimeoutError"), 1),
        (TelegramRetryAfter(SAY, "Too Many Requests", 3), 1),
        (TelegramBadRequest(SAY, "Bad Request: message thread not found"), 1),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_reached_nobody_gives_its_turn_back(error: TelegramAPIError, used: int) -> None:
    """While the network was away every try took one of the twenty, and when it was back the group
    had to wait for a minute."""
    group = Group(error)
    with pytest.raises(Halt):
        await group.voice.call(PLACE, SAY)
    assert await group.used() == used


async def test_a_turn_that_was_taken_before_is_the_one_that_is_given_back() -> None:
    group = Group(Unreached(SAY, "ClientConnectorError"))
    turn = await group.voice.turn(PLACE)
    with pytest.raises(Halt):
        await group.voice.call(PLACE, SAY, turn=turn)
    with pytest.raises(Halt):
        await group.voice.call(PLACE, SAY, turn=FREE)
    assert await group.used() == 0


async def test_a_file_too_big_to_send_takes_no_turn() -> None:
    group = Group(Cut(SAY, "TimeoutError"))
    big = Attachment(id="f", name="film.mp4", mime="video/mp4", size=MAX_UPLOAD + 1)
    with pytest.raises(Halt) as halt:
        await group.voice.file(PLACE, 7, big, caption="", reply_to=0, shown={})
    assert halt.value.reason == "file_size"
    assert await group.used() == 0
