"""What UIS and CoMagic post: JSON of the customer's own wording. We publish the wording.

`event` is a word of ours in our templates (docs/channels/uis.md); everything else is a placeholder
of theirs, which they fill with JSON: text, a number, a list or null. A template that somebody made
before, with their names for fields and without `event`, is understood by the fields it has.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Told = str | int | float | bool | None

Event = Literal["incoming", "outgoing", "waiting", "talk", "talked", "ended", "lost", "recorded"]
EVENTS: frozenset[str] = frozenset(
    {"incoming", "outgoing", "waiting", "talk", "talked", "ended", "lost", "recorded"}
)

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_value = msgspec.json.Decoder(Told | list[Told])


def posted(body: bytes) -> dict[str, str]:
    """The fields as text; empty for null. Of a list the first that is said, which is enough for an
    employee of a leg; an object is passed over. Raises msgspec.DecodeError, UnicodeDecodeError,
    RecursionError."""
    told: dict[str, str] = {}
    for name, value in _object.decode(body).items():
        try:
            told[name] = _text(_value.decode(value))
        except msgspec.ValidationError:
            told[name] = ""
    return told


def _text(value: Told | list[Told]) -> str:
    if isinstance(value, list):
        return next((said for one in value if (said := _text(one))), "")
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return str(value).strip()


def event(told: dict[str, str]) -> Event | None:
    """Which notification it is; None for another word of the customer's."""
    said = told.get("event", "").lower()
    if said:
        return said if said in EVENTS else None  # type: ignore[return-value]
    return _by_fields(told)


def _by_fields(told: dict[str, str]) -> Event:
    """By what only this notification has, in the set of fields that they offer for each."""
    if "file_link" in told:
        return "recorded"
    if "total_time_duration" in told:
        return "ended"
    if "talk_time_duration" in told:
        return "talked"
    if "wait_time_duration" in told:
        return "lost"
    if "leg_id" in told:
        return "waiting"
    if "leg_ids" in told:
        return "talk"
    return "outgoing" if "employee_phone_number" in told else "incoming"
