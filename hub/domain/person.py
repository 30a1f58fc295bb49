"""One person behind several contacts: what is shown of them, and what speaks for a match.

A merge moves nothing, so what is shown is put together anew each time: what staff wrote wins over
what a channel said, wherever it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from hub.domain.contact import Contact, KnownIdentity

FIELDS = ("kind", "name", "phone", "email", "premises")
Why = Literal["proven", "claimed", "name"]


def together(standing: Contact, others: Sequence[Contact]) -> Contact:
    """The person as a contact that is only for looking: never saved."""
    shown = msgspec.structs.replace(
        standing,
        identities=[known for one in (standing, *others) for known in one.identities],
    )
    for field in FIELDS:
        said = [one for one in (standing, *others) if getattr(one, field)]
        written = [one for one in said if field in one.edited]
        best = next(iter(written or said), None)
        if best is not None:
            setattr(shown, field, getattr(best, field))
    shown.vip = any(one.vip for one in (standing, *others))
    shown.edited = list(dict.fromkeys(name for one in (standing, *others) for name in one.edited))
    return shown


class Sign(msgspec.Struct, frozen=True):
    """Why two contacts may be one person. `proven`: both hold this identity or one proved what the
    other says; `claimed`: both only say it; `name`: the same name at the same address."""

    why: Why
    key: str = ""


def signs(mine: Contact, other: Contact) -> list[Sign]:
    """What speaks for it, the strongest first."""
    ours, theirs = said(mine), said(other)
    refused = {*mine.refused, *other.refused}
    found = [
        Sign("proven" if ours[key] or theirs[key] else "claimed", key)
        for key in ours
        if key in theirs and key not in refused
    ]
    if alike(mine.name, other.name) and alike(mine.premises, other.premises):
        found.append(Sign("name"))
    order: dict[Why, int] = {"proven": 0, "claimed": 1, "name": 2}
    return sorted(found, key=lambda sign: order[sign.why])


def said(contact: Contact) -> dict[str, bool]:
    """What this person is reached by, as anybody said it: whether it is proven."""
    written = {f"phone:{contact.phone}": contact.phone, f"email:{contact.email}": contact.email}
    found = {key: False for key, value in written.items() if value}
    for known in contact.identities:
        found[known.key] = found.get(known.key, False) or known.verified
    return found


def alike(one: str, other: str) -> bool:
    """The same words, in whatever case and order."""
    return bool(one) and sorted(one.casefold().split()) == sorted(other.casefold().split())


def held(parts: Sequence[Contact], key: str) -> tuple[Contact, KnownIdentity] | None:
    """Which of the contacts holds an identity; one that proved it before one that says it."""
    found = [(one, known) for one in parts if (known := one.identity(key)) is not None]
    return min(found, key=lambda pair: not pair[1].verified, default=None)
