"""Russian public holidays with their transfers, as the government sets them year by year."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from hub.domain.hours import DayKind

if TYPE_CHECKING:
    from holidays import HolidayBase

LANGUAGES = {"ru": "ru", "en": "en_US"}


class RussianHolidays:
    """See hub.domain.hours.Holidays. A year whose transfers are not decided yet has those that
    follow from the law alone; an update of the library brings them."""

    @cached_property
    def _days(self) -> dict[str, HolidayBase]:
        # Most processes of a hub never ask, and the library brings the calendars of the world.
        from holidays import country_holidays

        return {
            language: country_holidays("RU", language=name) for language, name in LANGUAGES.items()
        }

    def kind(self, day: date) -> DayKind:
        """What this day is."""
        days = self._days["ru"]
        if day in days:
            return "holiday"
        # Asking for a day fills its year in; so `weekend_workdays` knows it by now.
        return "workday" if day in days.weekend_workdays else "plain"

    def name(self, day: date, language: str) -> str:
        """How the holiday is called, empty for other days."""
        return self._days.get(language, self._days["ru"]).get(day) or ""
