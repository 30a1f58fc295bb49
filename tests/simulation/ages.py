"""How old cards became, and what kept those in the groups waiting."""

from __future__ import annotations

from bisect import bisect_right as bisect
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.botapi.limits import BURST
from tests.simulation.day import Day
from tests.simulation.wire import Called
from tests.simulation.witness import Carried
from tests.support.botworld import SHIFT

GROUP_LIMIT = 20
COUNTED = ("send", "edit", "copy", "createForumTopic")
"""Calls that Telegram counts in a group."""
ASIDE = frozenset({"setMessageReaction", "answerCallbackQuery", "getChatMember", "getChat"})
"""Calls that are no part of a drawing."""
FREE = "pinChatMessage"
"""Of a drawing, but it takes nothing from the budget of the group."""
HUNG, AFTER, UP_AGAIN = 8.5, 6.0, 75.0
"""Seconds that a call hangs before its fault shows, those after any fault until all is as before
(a pause of 429, or two tries), and those after a kill until what was leased is free again."""
STEP = 0.25
"""Seconds at which it is looked whether a group had to wait."""
OLDEST = 5
"""So many of the oldest cards are told of."""

Times = list[tuple[float, float]]


@dataclass
class Group:
    """What happened in a group, in seconds of the day: calls that took a turn, those that Telegram
    counts, and times at which a fault held one of them up."""

    turns: list[float] = field(default_factory=list)
    counted: list[float] = field(default_factory=list)
    faults: Times = field(default_factory=list)


@dataclass
class Waited:
    """Seconds for which a card waited, by what forced it to."""

    budget: float = 0.0
    fault: float = 0.0
    kill: float = 0.0
    unforced: float = 0.0


def groups(day: Day) -> dict[int, Group]:
    """By the number of the chat."""
    found: dict[int, Group] = defaultdict(Group)
    for call in day.wire.calls:
        if call.bot != SHIFT.token or call.chat >= 0 or call.method in ASIDE:
            continue
        group = found[call.chat]
        if call.method != FREE:
            group.turns.append(call.at)
        if faulty(call):
            hung = 0.0 if call.seen else HUNG
            group.faults.append((call.at - hung, call.at + AFTER))
        if call.status == 200 and call.method.startswith(COUNTED):
            group.counted.append(call.at)
    return found


def faulty(call: Called) -> bool:
    """An injected fault befell it."""
    return not call.seen or call.status >= 429


def topics(day: Day) -> list[tuple[Carried, Waited]]:
    """Everything that was drawn in groups, and what it waited for."""
    known, chats = groups(day), {place.id: place.chat for place in day.places}
    kills = [(at, at + UP_AGAIN) for at in day.restarts]
    return [
        (row, waited(row.begun, row.done, known[chats[row.to.partition(":")[2]]], kills))
        for row in day.witness.carried
        if row.kind == "topic"
    ]


def waited(begun: float, done: float, group: Group, kills: Times) -> Waited:
    """Look at every moment between the two. Whatever had gone wrong then comes before the budget,
    which may have been spent on trying again."""
    found, at = Waited(), begun
    faults, kills = _within(group.faults, begun, done), _within(kills, begun, done)
    while at < done:
        step = min(STEP, done - at)
        minute = bisect(group.turns, at) - bisect(group.turns, at - 60.0)
        moment = bisect(group.turns, at) - bisect(group.turns, at - BURST)
        if any(one <= at < other for one, other in kills):
            found.kill += step
        elif any(one <= at < other for one, other in faults):
            found.fault += step
        elif minute >= GROUP_LIMIT or moment >= BURST:
            found.budget += step
        else:
            found.unforced += step
        at += STEP
    return found


def _within(times: Times, begun: float, done: float) -> Times:
    return [(one, other) for one, other in times if one < done and other > begun]


def oldest(rows: list[tuple[Carried, Waited]]) -> dict[str, dict[str, float]]:
    """Of the oldest cards: for what they waited, in seconds."""
    rows = sorted(rows, key=lambda pair: -pair[0].age)
    return {
        f"№{row.case} at {row.begun:.0f} in {row.to[-4:]}": {
            "age": round(row.age, 1),
            **{name: round(seconds, 1) for name, seconds in vars(why).items()},
        }
        for row, why in rows[:OLDEST]
    }


def busiest(times: list[float]) -> int:
    """The most that fell within any 60 seconds."""
    most, begin = 0, 0
    for end, at in enumerate(times):
        while times[begin] <= at - 60.0:
            begin += 1
        most = max(most, end - begin + 1)
    return most


def spread(values: Iterable[float]) -> dict[str, int]:
    """Middle, 95th and 99th of a hundred, and the worst, in milliseconds."""
    ordered = sorted(values)
    if not ordered:
        return {}
    at = {name: ordered[int(share * (len(ordered) - 1))] for name, share in SHARES}
    return {"count": len(ordered), **{name: round(value * 1000) for name, value in at.items()}}


SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
