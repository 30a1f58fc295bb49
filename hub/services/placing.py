"""Which of many rows can be filed together, and where those belong that say it themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.domain.case import Case
from hub.domain.message import Inbound
from hub.ports.inbox import InboxRow
from hub.services.deps import Deps
from hub.services.references import Found, References

Filed = tuple[InboxRow, list[Inbound]]


@dataclass
class Placing:
    """`rows` can be filed together, those named in `cases` there and nowhere else. `left` need a
    look of their own, `held` stand in a case already, by their keys in `numbers`."""

    rows: list[Filed] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    left: list[Filed] = field(default_factory=list)
    held: list[Filed] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)


async def place(deps: Deps, rows: Sequence[Filed]) -> Placing:
    """Look at all of these; nothing is written.

    A lane keeps its order: what a message speaks of may be what its sender wrote just before, so
    after a row that is left the rest of its lane is left, too.
    """
    clued = [pair for pair in rows if any(message.clues for message in pair[1])]
    looked = [pair for pair in rows if any(one.clues or one.came_to for one in pair[1])]
    if not looked:
        return Placing(list(rows))
    keys = {message.key for _, messages in looked for message in messages}
    held = await deps.cases.keys_held(keys)
    asked = [
        (row, messages[0])
        for row, messages in clued
        if len(messages) == 1 and messages[0].key not in held
    ]
    answers = await References(deps).find(asked)
    found = {row.id: one for (row, _), one in zip(asked, answers, strict=True)}
    here = Counter(message.external_id for _, messages in rows for message in messages)
    placing = Placing()
    seen: set[str] = set()
    aside: set[str] = set()
    clues, known = {row.id for row, _ in clued}, {row.id for row, _ in looked}
    keys.clear()
    for row, messages in rows:
        named = {message.key for message in messages}
        if row.id in known and named <= held.keys():
            placing.held.append((row, messages))
            placing.numbers |= {key: held[key] for key in named}
        elif (
            row.lane in aside
            # A copy of what stands in this batch: its case is known when that is filed.
            or (row.id in known and not keys.isdisjoint(named))
            or (row.id in clues and not _plain(messages, found.get(row.id), here, row.lane in seen))
        ):
            aside.add(row.lane)
            placing.left.append((row, messages))
        else:
            placing.rows.append((row, messages))
            one = found.get(row.id)
            if one is not None and one.case is not None:
                placing.cases[row.id] = one.case
        seen.add(row.lane)
        keys |= named
    return placing


def _plain(messages: list[Inbound], found: Found | None, here: Counter[str], after: bool) -> bool:
    """Whether nothing else that comes with it says where this belongs. `after`: its sender has
    written something before it here."""
    if found is None or found.stranger is not None:
        return False
    (message,) = messages
    refs = message.clues.refs if message.clues else ()
    if any(ref.external in here for ref in refs if ref.external != message.external_id):
        return False
    return found.sure or not after
