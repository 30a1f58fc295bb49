"""Dates, amounts and plurals as pages say them, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from jinja2 import Environment
from markupsafe import Markup

from admin_web.jinja import environment
from tests.support.desk import ZONE
from tests.support.world import PlainTexts

NOW = datetime(2026, 5, 5, 9, 0, tzinfo=UTC)


@cache
def pages(language: str) -> Environment:
    """Kept, as the site keeps it: what is compiled stays in it."""
    return environment(language, ZONE, str, PlainTexts())


def say(call: str, language: str = "ru", **facts: object) -> str:
    """What a macro of words.html.j2 says, without tags."""
    source = f'{{% import "words.html.j2" as say with context %}}{{{{ {call} }}}}'
    said = pages(language).from_string(source).render(now=NOW, **facts)
    return str(Markup(said).striptags())


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 5, 5, 9, 46, tzinfo=UTC), "сегодня, 12:46"),
        (datetime(2026, 5, 4, 21, 30, tzinfo=UTC), "сегодня, 00:30"),
        (datetime(2026, 5, 4, 9, 0, tzinfo=UTC), "вчера, 12:00"),
        (datetime(2026, 5, 6, 9, 0, tzinfo=UTC), "завтра, 12:00"),
        (datetime(2026, 3, 1, 9, 0, tzinfo=UTC), "1 марта, 12:00"),
        (datetime(2025, 12, 31, 22, 0, tzinfo=UTC), "1 января, 01:00"),
        (datetime(2024, 2, 29, 9, 0, tzinfo=UTC), "29 февраля 2024, 12:00"),
    ],
)
def test_dates_are_words(at: datetime, words: str) -> None:
    assert say("say.when(at)", at=at) == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(minutes=80), "ещё 1 ч 20 мин"),
        (timedelta(minutes=60), "ещё 1 ч"),
        (timedelta(seconds=5), "ещё 1 мин"),
        (timedelta(minutes=-12), "просрочено на 12 мин"),
        (timedelta(days=-1), "просрочено на 1 день"),
        (timedelta(days=-3), "просрочено на 3 дня"),
        (timedelta(days=-11), "просрочено на 11 дней"),
        (timedelta(hours=5), "до 17:00"),
        (timedelta(hours=24), "до завтра"),
        (timedelta(days=19), "до 24 мая"),
    ],
)
def test_deadlines_as_people_say_them(left: timedelta, words: str) -> None:
    assert say("say.left(at)", at=NOW + left) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 Б"), (1023, "1023 Б"), (1536, "1,5 КБ"), (180 * 1024, "180 КБ"), (5 << 20, "5 МБ")],
)
def test_sizes(count: int, words: str) -> None:
    assert say("say.bytes(count)", count=count) == words


def test_the_same_in_english() -> None:
    assert say("say.when(at)", "en", at=NOW) == "today, 12:00"
    assert say("say.left(at)", "en", at=NOW - timedelta(days=3)) == "3 days overdue"
    assert say("say.view('mine')", "en") == "My cases"


def test_a_channel_that_no_template_knows_is_shown_by_its_own_name() -> None:
    assert say("say.channel('pigeon')") == "pigeon"
    assert say("say.channel_icon('pigeon')") == "plug-connected"


def test_channels_that_bear_one_name_are_told_apart_where_one_is_chosen() -> None:
    kinds = "['kannel', 'email', 'smsc_ru']"
    assert say(f"say.channel_of('kannel', {kinds})") == "СМС kannel"
    assert say(f"say.channel_of('email', {kinds})") == "Почта"
    assert say("say.channel_of('kannel', ['kannel', 'email'])") == "СМС"
