"""Templates are compiled once a process, and every language still says its own words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment

from admin_web.jinja import environment
from hub.texts import TemplateTexts
from tests.support.desk import ZONE
from tests.support.world import PlainTexts, StoppedClock

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the templates that are compiled from now on."""
    names: list[str] = []
    plain = Environment.compile

    def compile(self, source, name=None, *rest):  # type: ignore[no-untyped-def]
        names.append(name)
        return plain(self, source, name, *rest)

    monkeypatch.setattr(Environment, "compile", compile)
    return names


def templates(root: Path, source: str) -> TemplateTexts:
    (root / "words").mkdir(exist_ok=True)
    (root / "one.j2").write_text(source)
    (root / "words/size.j2").write_text("{{ number }}|{{ power }}|{{ language }}")
    (root / "locale/en/LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    (root / "locale/en/LC_MESSAGES/bot.po").write_text('msgid "вода"\nmsgstr "water"\n')
    return TemplateTexts(StoppedClock(), MOSCOW, root)


def test_another_language_runs_what_was_compiled(tmp_path: Path, compiled: list[str]) -> None:
    texts = templates(tmp_path, "{{ _('вода') }} {{ 1536|size }} <{{ x }}>")
    assert texts.render("one", x="&") == "вода 1,5|1|ru <&>"
    assert texts.render("one", "en", x="&") == "water 1.5|1|en <&>"
    assert compiled == ["one.j2", "words/size.j2"]
    # What is escaped is another code.
    assert texts.html("one", "en", x="&") == "water 1.5|1|en <&amp;>"
    assert compiled.count("one.j2") == 2


def test_what_is_written_anew_is_compiled_anew(tmp_path: Path, compiled: list[str]) -> None:
    assert templates(tmp_path, "было").render("one") == "было"
    assert templates(tmp_path, "стало").render("one") == "стало"
    assert compiled == ["one.j2", "one.j2"]


def test_pages_are_compiled_for_all_languages_at_once(compiled: list[str]) -> None:
    source = '{% import "words.html.j2" as say with context %}{{ say.when(at) }}'
    now = datetime(2026, 5, 5, 9, tzinfo=UTC)
    said = []
    for language in ("ru", "en", "ru"):
        env = environment(language, ZONE, str, PlainTexts())
        said.append(env.from_string(source).render(now=now, at=now))
    assert "сегодня" in said[0]
    assert "today" in said[1]
    assert said[2] == said[0]
    assert [name for name in compiled if name].count("words.html.j2") <= 1
