"""The figures of a day, and what is wrong with them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from channels.telegram.ids import Ids
from hub.botapi.updates import bot_id
from hub.domain.case import Case
from hub.domain.thread import Entry
from tests.simulation.ages import busiest, faulty, groups, oldest, spread, topics
from tests.simulation.day import Day
from tests.simulation.ledger import tags
from tests.simulation.wire import Called
from tests.support.botworld import DOM, SHIFT

MARKED = "(повтор)"
STATUS = re.compile(r"Обращение №(\d+)(.*)")
CARDS = frozenset({"notice", "card"})
"""Rows that bring a card or draw it anew."""
SOON = 30.0
"""Seconds within which a refusal is said."""


@dataclass
class Figures:
    """All lists are of what should not be."""

    said: int = 0
    cases: int = 0
    calls: int = 0
    faulty: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    restarts: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    answers: int = 0
    answers_lost: list[str] = field(default_factory=list)
    answers_doubled: list[str] = field(default_factory=list)
    answers_marked: int = 0
    answers_refused: int = 0
    said_twice: list[str] = field(default_factory=list)
    said_again_marked: int = 0
    leaked: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    busiest_group: int = 0
    seen_ms: dict[str, int] = field(default_factory=dict)
    private_ms: dict[str, int] = field(default_factory=dict)
    group_ms: dict[str, int] = field(default_factory=dict)
    group_unforced_ms: dict[str, int] = field(default_factory=dict)
    group_oldest: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def wrong(self) -> dict[str, list[str]]:
        """What should not be, by its name."""
        named = vars(self).items()
        return {name: value for name, value in named if isinstance(value, list) and value}


async def count(day: Day) -> Figures:
    """Look at everything that stands at the end of a day."""
    cases = await every_case(day)
    entries = [(case, entry) for case, thread in cases for entry in thread]
    figures = Figures(
        said=len(day.ledger.of("R")),
        cases=len(cases),
        calls=len(day.wire.calls),
        faulty=sum(faulty(one) for one in day.wire.calls),
        refused=dict(Counter(one.refusal for one in day.wire.calls if one.status == 400)),
        restarts=len(day.restarts),
    )
    figures.lost, figures.doubled = check_residents(day, entries)
    figures.disordered = check_order(cases)
    _answers(day, entries, figures)
    _staff(day, cases, figures)
    _leaks(day, figures)
    await _rest(day, figures)
    _ages(day, entries, figures)
    return figures


async def every_case(day: Day) -> list[tuple[Case, list[Entry]]]:
    """All cases with all of their threads."""
    found = []
    for number in range(1, (await day.store.cases.numbers(1))[0]):
        case = await day.store.cases.get(number)
        if case is not None:
            found.append((case, await day.store.cases.thread(number, None, 10**6)))
    return found


def check_residents(day: Day, entries: list[tuple[Case, Entry]]) -> tuple[list[str], list[str]]:
    """Every message of a resident stands in the cases once: those that are lost, and doubled."""
    lost, doubled = [], []
    ids = Ids("dom", bot_id(DOM.token))
    held = Counter(
        external
        for _, entry in entries
        if entry.direction == "in"
        for external in entry.external_ids
    )
    for resident in day.residents:
        for message in day.world.messages[resident.chat.key].values():
            text = str(message.content.get("text", ""))
            if message.sender in day.world.bots or text.startswith("/"):
                continue
            times = held[ids.message(resident.chat.id, message.id)]
            if times == 0:
                lost.append(f"{resident.chat.id}/{message.id} {text}")
            elif times > 1:
                doubled.append(f"{resident.chat.id}/{message.id} {text}")
    return lost, doubled


def check_order(cases: list[tuple[Case, list[Entry]]]) -> list[str]:
    """Within a case a resident's messages stand as they were written: cases that differ."""
    found = []
    for case, thread in cases:
        said = [
            int(tag[2:-1])
            for entry in thread
            if entry.direction == "in"
            for tag in tags(entry.text, "R")
        ]
        if said != sorted(said):
            found.append(f"№{case.number}: {said}")
    return found


def _answers(day: Day, entries: list[tuple[Case, Entry]], figures: Figures) -> None:
    """What went out came once, or is marked, or was sent again by hand."""
    people = (*day.operators, *day.desks)
    retried = {tag for operator in people for tag in operator.retried}
    came: Counter[str] = Counter()
    for call in _sent(day, DOM.token):
        came.update(tags(call.words, "A"))
    stands: dict[str, list[Entry]] = defaultdict(list)
    noted: set[str] = set()
    for _, entry in entries:
        for tag in tags(entry.text, "A"):
            if entry.delivery is not None:
                stands[tag].append(entry)
            else:
                # Said when the bot had not asked for it yet: kept as a note, not sent.
                noted.add(tag)
    figures.answers = len(stands)
    written = _written(day)
    kept = noted | set(stands)
    figures.answers_refused = sum(tag not in kept for tag in written)
    figures.answers_lost += [tag for tag in written if tag not in kept and not _told(day, tag)]
    for tag, found in stands.items():
        states = {entry.delivery.state for entry in found if entry.delivery}
        if len(found) > 1 or (came[tag] > 1 and tag not in retried):
            figures.answers_doubled.append(f"{tag} {came[tag]} {states}")
        if came[tag] == 0 and not states & {"failed", "uncertain"}:
            figures.answers_lost.append(f"{tag} {states}")
        figures.answers_marked += bool(states & {"failed", "uncertain"})


def _written(day: Day) -> dict[str, tuple[int, int, str, float]]:
    """Answers as they left the phones: chat, number of the message, its topic, when."""
    found = {}
    for operator in (*day.operators, *day.desks):
        for message in day.world.messages[operator.chat.key].values():
            if message.sender not in day.world.bots:
                for tag in tags(str(message.content.get("text", "")), "A"):
                    at = day.ledger.said[tag].at
                    found[tag] = (operator.chat.id, message.id, str(message.thread), at)
    return found


def _told(day: Day, tag: str) -> bool:
    """The bot said something to it: at that message, or with its words."""
    chat, message, thread, at = _written(day)[tag]
    for call in day.wire.calls:
        if call.chat == chat and call.at >= at and call.status == 200:
            quoted = str(call.fields.get("reply_parameters", ""))
            if tag in call.words or f'"message_id": {message}' in quoted:
                return True
            here = chat > 0 or call.fields.get("message_thread_id") == thread
            if here and call.at < at + SOON and call.method == "sendMessage":
                return True
    return False


def _sent(day: Day, token: str) -> list[Called]:
    return [
        one
        for one in day.wire.calls
        if one.bot == token and one.status == 200 and one.method.startswith("send")
    ]


def _staff(day: Day, cases: list[tuple[Case, list[Entry]]], figures: Figures) -> None:
    """What residents wrote was shown to staff; what was shown twice says so."""
    shown: set[str] = set()
    told: Counter[tuple[int, str]] = Counter()
    for call in day.wire.calls:
        if call.bot == SHIFT.token and call.status == 200:
            shown.update(tags(call.words, "R"))
    for call in _sent(day, SHIFT.token):
        if call.words.startswith(MARKED):
            figures.said_again_marked += 1
        elif _row(call):
            told[call.chat, call.words] += 1
    figures.said_twice += [f"{chat}: {text[:60]}" for (chat, text), n in told.items() if n > 1]
    for case, thread in cases:
        for entry in thread:
            for tag in tags(entry.text, "R") if entry.direction == "in" else ():
                if tag not in shown and case.status not in {"spam", "closed", "resolved"}:
                    figures.unseen.append(f"№{case.number} {case.status} {tag}")
    figures.said_twice += _status_twice(day)


def _status_twice(day: Day) -> list[str]:
    """Status cards that say anew what the one before them says still."""
    found, stands = [], dict[tuple[int, str], str]()
    for call in day.wire.calls:
        # A change whose answer was lost stands there all the same.
        done = call.status == 200 or call.method == "editMessageText"
        card = STATUS.match(call.words) if call.bot == DOM.token and done else None
        if card is None:
            continue
        place = (call.chat, card[1])
        if call.method == "sendMessage" and stands.get(place) == card[2]:
            found.append(f"{call.chat}: {card[0]}")
        stands[place] = card[2]
    return found


def _row(call: Called) -> bool:
    """It came by itself, not because somebody pressed a key (that may ask for it again)."""
    headed = call.words.startswith("<i>")
    return headed or (bool(tags(call.words, "RE")) and not call.fields.get("reply_markup"))


def _leaks(day: Day, figures: Figures) -> None:
    """Nothing that was meant for colleagues reached a resident."""
    for call in day.wire.calls:
        if call.bot == DOM.token:
            figures.leaked += [f"{call.chat} {tag}" for tag in tags(call.words, "NE")]


async def _rest(day: Day, figures: Figures) -> None:
    """Nothing waits any more."""
    now = day.process.clock.now()
    inbox = await day.store.inbox.stats(now)
    if inbox["new"]:
        figures.unfinished.append(f"inbox {inbox}")
    held = await day.store.inbox.page(account="", state="quarantined", cursor=None, limit=100)
    figures.unfinished += [f"{row.account}: {row.error} {row.raw.body!r}" for row in held.items]
    cases = await day.store.cases.due(now, 10_000)
    letters = await day.store.letters.due(now, 10_000)
    figures.unfinished += [f"case {number}" for number in cases]
    figures.unfinished += [f"letters {to}" for to in letters]


def _ages(day: Day, entries: list[tuple[Case, Entry]], figures: Figures) -> None:
    """How long messages took to the first who saw them, and how old cards became. What a sender of
    spam writes later is shown to nobody, until somebody looks."""
    first: dict[str, float] = {}
    spam = {tag for case, one in entries if case.status == "spam" for tag in tags(one.text, "R")}
    for call in day.wire.calls:
        if call.bot == SHIFT.token and call.status == 200:
            for tag in tags(call.words, "R"):
                first.setdefault(tag, call.at)
    seen = [at - day.ledger.said[tag].at for tag, at in first.items() if tag not in spam]
    figures.seen_ms = spread(seen)
    private = [one for one in day.witness.carried if one.chat > 0]
    figures.private_ms = spread(one.age for one in private if one.kind in CARDS)
    figures.busiest_group = max((busiest(one.counted) for one in groups(day).values()), default=0)
    rows = topics(day)
    figures.group_ms = spread(row.age for row, _ in rows)
    figures.group_unforced_ms = spread(why.unforced for _, why in rows)
    figures.group_oldest = oldest(rows)
