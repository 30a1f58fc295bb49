"""How fast a bot may speak."""

from __future__ import annotations

import pytest

from bots.emulator.chats import Chat
from bots.emulator.errors import BotApiError
from bots.emulator.limits import Limiter, Limits

BOT = 100


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> float:
        return self.at


def private(person: int) -> Chat:
    return Chat(f"p{BOT}:{person}", person, "private")


def refused_for(limiter: Limiter, chat: Chat, messages: int = 1) -> int:
    with pytest.raises(BotApiError) as refused:
        limiter.charge(BOT, chat, messages)
    assert refused.value.code == 429
    seconds = refused.value.parameters["retry_after"]
    assert isinstance(seconds, int)
    return seconds


def test_a_short_burst_in_one_chat_and_then_one_a_second() -> None:
    clock = Clock()
    limiter = Limiter(Limits(), clock)
    for _ in range(5):
        limiter.charge(BOT, private(1))
    assert refused_for(limiter, private(1)) == 1
    limiter.charge(BOT, private(2))
    clock.at += 1
    limiter.charge(BOT, private(1))
    assert refused_for(limiter, private(1)) == 1


def test_strict_lets_no_burst_through() -> None:
    limiter = Limiter(Limits(mode="strict"), Clock())
    limiter.charge(BOT, private(1))
    assert refused_for(limiter, private(1)) == 1


def test_thirty_a_second_over_all_chats() -> None:
    clock = Clock()
    limiter = Limiter(Limits(), clock)
    for person in range(30):
        limiter.charge(BOT, private(person))
    assert refused_for(limiter, private(99)) == 1
    limiter.charge(BOT + 1, private(99))
    clock.at += 1
    limiter.charge(BOT, private(99))


def test_twenty_a_minute_in_a_group_where_an_album_counts_by_its_pictures() -> None:
    clock = Clock()
    limiter = Limiter(Limits(), clock)
    group = Chat("g-1", -1, "supergroup")
    limiter.charge(BOT, group, 10)
    clock.at += 10
    limiter.charge(BOT, group, 10)
    clock.at += 10
    assert refused_for(limiter, group) == 40
    clock.at += 40
    limiter.charge(BOT, group, 10)


def test_a_refusal_costs_nothing() -> None:
    clock = Clock()
    limiter = Limiter(Limits(mode="strict"), clock)
    limiter.charge(BOT, private(1))
    for _ in range(50):
        refused_for(limiter, private(1))
    clock.at += 1
    limiter.charge(BOT, private(1))


def test_off_means_off() -> None:
    limiter = Limiter(Limits(mode="off"), Clock())
    for _ in range(100):
        limiter.charge(BOT, private(1))
