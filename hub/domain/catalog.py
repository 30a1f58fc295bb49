"""What admins configure: quick replies, result codes, case types and first deadlines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec


class QuickReply(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A template an operator sends with two taps.

    `text` holds variables in braces ({имя}, {номер} …; names live in templates). `owner` empty:
    everybody's. `group`, `channels` empty: all. `used` counts uses by month (YYYY-MM).
    """

    id: str = msgspec.field(name="_id")
    rev: int = 0
    title: str
    text: str
    folder: str = ""
    owner: str = ""
    group: str = ""
    language: str = "ru"
    channels: list[str] = []
    used: dict[str, int] = {}
    deleted: bool = False
    updated_at: datetime


class ResultCode(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How a case can end. `tell`: the resident hears of it, with `text` (variables as above) or
    the house's own words when it is empty."""

    id: str = msgspec.field(name="_id")
    name: str
    text: str = ""
    tell: bool = True
    order: int = 0
    active: bool = True


class FirstDeadline(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How long an answer may take; `type` or `channel` empty: any. `minutes` of plain time."""

    id: str = msgspec.field(name="_id")
    type: str = ""
    channel: str = ""
    minutes: int


class CaseType(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Запрос, жалоба, претензия, предложение, and what an admin adds."""

    id: str = msgspec.field(name="_id")
    name: str
    order: int = 0


def first_deadline(
    rules: list[FirstDeadline], type_: str, channel: str, now: datetime
) -> datetime | None:
    """Return when the first answer is due by the most exact rule, None if no rule fits."""
    fitting = [rule for rule in rules if rule.type in {"", type_} and rule.channel in {"", channel}]
    if not fitting:
        return None
    best = max(fitting, key=lambda rule: (bool(rule.type), bool(rule.channel)))
    return now + timedelta(minutes=best.minutes)


class Token(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An API token: `id` is the hash of its secret, which is shown once and never kept."""

    id: str = msgspec.field(name="_id")
    name: str
    scopes: list[str]
    created_at: datetime
    revoked: bool = False


class OneTimeLink(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Lets a person come in to a staff bot once, or connects a forum group to the queue of `group`
    (then `login` is who asked for it); `id` is the hash of the token in the link."""

    id: str = msgspec.field(name="_id")
    purpose: Literal["staff", "forum"]
    login: str
    group: str = ""
    expires_at: datetime
    used_at: datetime | None = None
