"""Dates as mail programs write them above a quote."""

from __future__ import annotations

from datetime import datetime

_MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_SHORT = [
    "янв.",
    "февр.",
    "мар.",
    "апр.",
    "мая",
    "июн.",
    "июл.",
    "авг.",
    "сент.",
    "окт.",
    "нояб.",
    "дек.",
]
_DAYS = [
    "Понедельник",
    "Вторник",
    "Среда",
    "Четверг",
    "Пятница",
    "Суббота",
    "Воскресенье",
]
_TWO = [
    "пн",
    "вт",
    "ср",
    "чт",
    "пт",
    "сб",
    "вс",
]
_EN_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_EN_DAYS = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
]


def mail_ru(at: datetime) -> str:
    return f"{_DAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} +03:00"


def gmail_ru(at: datetime) -> str:
    return f"{_TWO[at.weekday()]}, {at.day} {_SHORT[at.month - 1]} {at.year} г. в {at:%H:%M}"


def apple_ru(at: datetime) -> str:
    return f"{at.day} {_SHORT[at.month - 1]} {at.year} г., в {at:%H:%M}"


def long_ru(at: datetime) -> str:
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year} г. {at:%H:%M}"


def outlook_ru(at: datetime) -> str:
    return f"{_DAYS[at.weekday()].lower()}, {long_ru(at)}"


def dotted(at: datetime) -> str:
    return f"{at:%d.%m.%Y}, {at:%H:%M}"


def twelve(at: datetime) -> str:
    hour = at.hour % 12 or 12
    return f"{hour}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"


def gmail_en(at: datetime) -> str:
    day, month = _EN_DAYS[at.weekday()][:3], _EN_MONTHS[at.month - 1][:3]
    return f"{day}, {month} {at.day}, {at.year} at {twelve(at)}"


def apple_en(at: datetime) -> str:
    return f"{_EN_MONTHS[at.month - 1][:3]} {at.day}, {at.year}, at {twelve(at)}"


def outlook_en(at: datetime) -> str:
    return f"{_EN_DAYS[at.weekday()]}, {_EN_MONTHS[at.month - 1]} {at.day}, {at.year} {twelve(at)}"
