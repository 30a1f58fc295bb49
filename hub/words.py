"""Facts about times, sizes and numbers from which templates make words.

Nothing here is a word that a person reads: month names and time formats come from the locale,
everything else is said in templates.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from typing import Literal

import msgspec
import phonenumbers
from babel.core import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

Day = Literal["today", "yesterday", "tomorrow", "date"]
SOON = timedelta(hours=2)
"""A deadline that is nearer than this is amber."""

_RUSSIAN_PHONE = re.compile(r"\+7(\d{3})(\d{3})(\d{2})(\d{2})")


class Moment(msgspec.Struct, frozen=True):
    """A point in time as a person sees it: which day, the date in words, the time of day."""

    day: Day
    date: str
    weekday: str
    time: str


class Span(msgspec.Struct, frozen=True):
    """How long until (or, with `late`, since) something, in the two largest units that matter."""

    late: bool
    soon: bool
    days: int
    hours: int
    minutes: int


def moment(at: datetime, now: datetime, zone: tzinfo, language: str) -> Moment:
    """Say when `at` is for somebody in `zone` to whom it is `now`."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    near: dict[date, Day] = {
        today: "today",
        today - timedelta(days=1): "yesterday",
        today + timedelta(days=1): "tomorrow",
    }
    return Moment(
        day=near.get(local.date(), "date"),
        date=date_in_words(local.date(), today, language),
        weekday=format_date(local, "EEEE", locale=language),
        time=format_time(local, "HH:mm", locale=language),
    )


def date_in_words(day: date, today: date, language: str) -> str:
    """Return «5 мая», with the year where it is another one."""
    pattern = "d MMMM" if day.year == today.year else "d MMMM y"
    return format_date(day, pattern, locale=language)


def span(at: datetime, now: datetime) -> Span:
    """Return the time between now and a deadline, to whole minutes, never less than one."""
    late = at < now
    minutes = max(1, round(abs((at - now).total_seconds()) / 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return Span(late, False, days, hours, 0)
    return Span(late, not late and at - now < SOON, 0, hours, minutes)


def ended(words: str) -> str:
    """Return the words with a full stop, one only: «Белов Р. Т.» ends with one already."""
    return words if words.endswith(".") else f"{words}."


def phone(number: str) -> str:
    """Return an E.164 number as people write it; anything else stays as it is."""
    russian = _RUSSIAN_PHONE.fullmatch(number)
    if russian:
        code, *parts = russian.groups()
        return f"+7 ({code}) {'-'.join(parts)}"
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def plural(count: int, *forms: str, language: str = "ru") -> str:
    """Return the form that goes with the number: one, few, many (or one, other)."""
    form = Locale.parse(language).plural_form(abs(count))
    index = {"one": 0, "few": 1}.get(form, len(forms) - 1)
    return forms[min(index, len(forms) - 1)]


def clip(text: str, length: int) -> str:
    """Return the text, cut at a word and marked where it is longer than `length` characters."""
    if len(text) <= length:
        return text
    kept = text[: length - 1]
    at = kept.rfind(" ", length // 2)
    return (kept[:at] if at > 0 else kept).rstrip() + "…"


def initials(name: str) -> str:
    """Return the two letters of an avatar: «Мороз Андрей» → МА, a phone number → +7."""
    words = re.findall(r"\w[\w.-]*", name)
    letters = [word[0].upper() for word in words if word[0].isalpha()]
    return "".join(letters[:2]) or name.strip()[:2]


def clock(seconds: int) -> str:
    """Return mm:ss, with hours only where there are any."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def size(count: int, language: str) -> tuple[str, int]:
    """Return bytes as (number with at most one decimal, power of 1024)."""
    value, power = float(count), 0
    while value >= 1024 and power < 3:
        value, power = value / 1024, power + 1
    pattern = "0.#" if value < 10 else "0"
    return format_decimal(value, pattern, locale=language), power


def local_input(at: datetime, zone: tzinfo) -> str:
    """Return the value of an <input type=datetime-local>."""
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
