"""A case as a document: its own fields and three that stand for many conditions at once.

`holds`: what no other case may have, under one unique index: `=` and the conversation while this is
its current case, and every key of the thread.
`tags`: `+` open or `-` ended; `+@login`, `-@login` for everybody it concerns; `+#group` while it
waits in that queue; `~call` where a call stands in it.
`wake_at`: the next moment at which a sweep has something to do with it, be it its outbox or what
time itself does (`alarm_at`).
Defaults are left out, so a new case has no `status` in its document.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from hub.domain.case import Case
from hub.domain.status import AT_WORK
from hub.store.codec import Document, document, struct

FEW, SHORT = 50, 16_000
"""Entries and signs of text up to which a case is saved together with others."""
OPS = 20
"""Ids of so many last saves are remembered."""
LISTS = ("thread", "history", "holds")
QUEUED = "+#"
CURRENT = "="


class Loaded(Case, kw_only=True, dict=True):
    """A case and, in its `__dict__`, the document it was read from: what a save compares with."""


def loaded(found: Document) -> Loaded:
    """The case of a whole document."""
    case = struct(Loaded, found)
    case.__dict__["found"] = found
    return case


def found_of(case: Case) -> Document | None:
    """The document this case was read from or last saved as, if it still is at that `rev`."""
    found: Document | None = getattr(case, "__dict__", {}).get("found")
    return found if found is not None and int(found.get("rev", 0)) == case.rev else None


def remember(case: Case, saved: Document) -> None:
    """The case stands as `saved` now."""
    case.rev, case.ops = saved["rev"], saved["ops"]
    if isinstance(case, Loaded):
        case.__dict__["found"] = saved


def row(case: Case, op: str) -> Document:
    """The document after this save."""
    built = document(case)
    built["rev"] = case.rev + 1
    built["ops"] = [*case.ops, op][-OPS:]
    built["tags"] = tags(case)
    held = holds(built)
    if held:
        built["holds"] = held
    wakes = [at for at in (case.outbox_due, alarm_at(case)) if at is not None]
    if wakes:
        built["wake_at"] = min(wakes)
    return built


def current_hold(conversation: str) -> str:
    """What the current case of a conversation holds."""
    return f"{CURRENT}{conversation}"


def holds(saved: Document) -> list[str]:
    """See the top of this file. Nothing held is not written down: the index is sparse."""
    current = [current_hold(saved["conversation"])] if saved.get("current") else []
    return [*current, *(entry["key"] for entry in saved.get("thread", ()))]


def tags(case: Case) -> list[str]:
    """See the top of this file."""
    sign = "+" if case.open else "-"
    people = dict.fromkeys([case.operator, case.responsible, *case.executors])
    found = [sign, status_tag(case.status), *(f"{sign}@{one}" for one in people if one)]
    if case.status in AT_WORK and not case.operator:
        found.append(QUEUED)
    if any(entry.kind == "call" for entry in case.thread):
        found.append("~call")
    found.append(contact_tag(case.contact.id))
    if case.premises:
        found.append(flat_tag(case.premises))
    if case.merged_into:
        found.append(into_tag(case.merged_into))
    return found


def status_tag(status: str) -> str:
    """The tag of cases in a state."""
    return f"={status}"


def contact_tag(contact: str) -> str:
    """The tag of a contact's cases."""
    return f"contact:{contact}"


def flat_tag(premises: str) -> str:
    """The tag of a flat's cases."""
    return f"flat:{premises}"


def into_tag(number: int) -> str:
    """The tag of cases that this one stands for."""
    return f"into:{number}"


def alarm_at(case: Case) -> datetime | None:
    """When time itself does something to this case: its deadline, the end of its deferral, what is
    planned before (hub.domain.case.alarms)."""
    times = case.alarms
    if case.status in AT_WORK and case.deadline is not None and case.overdue_at is None:
        times.append(case.deadline)
    if case.status == "deferred" and case.deferred_until is not None:
        times.append(case.deferred_until)
    return min(times, default=None)


def one_of(statuses: Iterable[str]) -> Document:
    """The condition that a status is one of these (the default one is not written down)."""
    wanted: list[Any] = sorted(statuses)
    return {"$in": [*wanted, None] if "new" in wanted else wanted}


def is_light(saved: Document) -> bool:
    """Whether the whole document may travel with many others in one statement."""
    thread = saved.get("thread", ())
    return (
        len(thread) + len(saved.get("history", ())) <= FEW
        and sum(len(entry.get("text", "")) for entry in thread) <= SHORT
    )


def swapped(rows: Iterable[Document]) -> list[Document]:
    """The update (a pipeline) that puts each of these in place of its document, where that still
    is at the `rev` before; a document that is not stays as it is."""
    by_id = {str(saved["_id"]): saved for saved in rows}
    mine = {"$getField": {"field": {"$toString": "$_id"}, "input": {"$literal": by_id}}}
    fits = {"$eq": [{"$add": ["$rev", 1]}, "$$mine.rev"]}
    swap = {"$cond": [fits, "$$mine", "$$ROOT"]}
    return [{"$replaceWith": {"$let": {"vars": {"mine": mine}, "in": swap}}}]


def changes(found: Document, saved: Document) -> Document:
    """The update that makes `saved` of `found`. Positions in lists are safe to name: `rev` in the
    condition of the update vouches for them."""
    sets: Document = {}
    for name, value in saved.items():
        if name == "_id" or (name in found and found[name] == value):
            continue
        parts = _elements(name, found[name], value) if name in LISTS and name in found else None
        sets.update(parts if parts is not None else {name: value})
    update: Document = {"$set": sets}
    gone = dict.fromkeys((name for name in found if name not in saved), "")
    if gone:
        update["$unset"] = gone
    return update


def _elements(name: str, old: list[Document], new: list[Document]) -> Document | None:
    """Changed and added elements by position; None when the whole list is as short to send."""
    if len(new) < len(old):
        return None
    changed = {
        f"{name}.{index}": item
        for index, item in enumerate(new)
        if index >= len(old) or old[index] != item
    }
    return changed if 2 * len(changed) <= len(new) else None
