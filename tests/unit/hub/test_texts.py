"""Words come from templates: every refusal has one, dates and numbers read as people say them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, nodes

# Their refusals count too.
import admin_web.auth  # noqa: F401
import hub.http.api.problems
import hub.http.app.refusals  # noqa: F401
from hub import words
from hub.botapi.outcome import REFUSALS
from hub.domain import errors
from hub.domain.case import Case, ContactRef
from hub.domain.staff import Actor
from hub.texts import TEMPLATES, TemplateTexts, fill

NOW = datetime(2026, 11, 23, 9, 46, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


class Clock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def texts() -> TemplateTexts:
    return TemplateTexts(Clock(), MOSCOW)


@pytest.mark.parametrize(
    ("said", "shown"), [("Белов Р. Т.", "Белов Р. Т."), ("Сантехники", "Сантехники."), ("", ".")]
)
def test_a_sentence_ends_with_one_full_stop(said: str, shown: str) -> None:
    assert words.ended(said) == shown


def refusals() -> list[type[errors.HubError]]:
    def below(kind: type[errors.HubError]) -> list[type[errors.HubError]]:
        return [kind, *(one for child in kind.__subclasses__() for one in below(child))]

    return below(errors.HubError)


@pytest.mark.parametrize("refusal", refusals())
def test_every_refusal_has_words(refusal: type[errors.HubError], texts: TemplateTexts) -> None:
    said = texts.render(f"errors/{refusal.key}")
    assert re.search("[а-я]", said)
    full = texts.render(
        f"errors/{refusal.key}",
        what="case",
        id=5,
        number=5,
        field="text",
        reason="too_long",
        limit=4096,
        operator="Аксакова Э. Ю.",
        status="closed",
        action="take",
        login="emma",
        after=4.2,
    )
    assert "{" not in full


def test_a_program_is_told_which_right_its_key_lacks(texts: TemplateTexts) -> None:
    assert "права cases:write." in texts.render("errors/forbidden", scope="cases:write")
    assert "API" not in texts.render("errors/forbidden")


def test_a_text_that_is_not_there_is_a_key_error(texts: TemplateTexts) -> None:
    with pytest.raises(KeyError):
        texts.render("errors/no_such_text")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "сегодня, 12:46"),
        (NOW + timedelta(days=1), "завтра, 12:46"),
        (NOW - timedelta(days=1), "вчера, 12:46"),
        (datetime(2026, 5, 5, 9, 46, tzinfo=UTC), "5 мая, 12:46"),
        (datetime(2027, 5, 5, 9, 46, tzinfo=UTC), "5 мая 2027, 12:46"),
        # Late in the evening in London it is tomorrow in Moscow.
        (datetime(2026, 11, 23, 22, 0, tzinfo=UTC), "завтра, 01:00"),
    ],
)
def test_dates_as_people_say_them(at: datetime, said: str, texts: TemplateTexts) -> None:
    assert texts.render("bot/operator/time", at=at) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "файл"), (2, "файла"), (5, "файлов"), (11, "файлов"), (21, "файл"), (104, "файла")],
)
def test_plurals(count: int, said: str) -> None:
    assert words.plural(count, "файл", "файла", "файлов") == said


def test_variables_are_filled_and_unknown_ones_stay(texts: TemplateTexts) -> None:
    case = Case(
        number=12,
        contact=ContactRef(id="c", name="Светлана"),
        premises="Ленина, 5",
        deadline=NOW + timedelta(hours=3),
        created_at=NOW,
        updated_at=NOW,
    )
    operator = Actor(kind="staff", login="emma", name="Аксакова Э. Ю.", position="Диспетчер")
    filled = texts.fill(
        "{Имя}, обращение №{номер} ({ адрес }) до {срок}. {оператор}, {телефон организации} {что}",
        case=case,
        operator=operator,
        organisation="УК",
        organisation_phone="+74950000000",
    )
    assert filled == (
        "Светлана, обращение №12 (Ленина, 5) до сегодня, 15:46. "
        "Аксакова Э. Ю., +7 (495) 000-00-00 {что}"
    )


def test_what_a_resident_typed_is_not_a_template(texts: TemplateTexts) -> None:
    case = Case(
        number=1,
        contact=ContactRef(id="c", name="{оператор} {{ 7*7 }}"),
        created_at=NOW,
        updated_at=NOW,
    )
    assert texts.fill("{имя}!", case=case) == "{оператор} {{ 7*7 }}!"


def test_english_where_there_is_a_translation_and_russian_elsewhere(texts: TemplateTexts) -> None:
    assert texts.languages() == ["ru", "en"]
    assert texts.render("bot/resident/buttons/mine", "en") == "My requests"
    assert texts.render("bot/resident/buttons/mine", "de") == "Мои обращения"
    assert texts.render("errors/forbidden", "en") == texts.render("errors/forbidden")


@given(st.text(max_size=200))
def test_markup_is_escaped_in_html_and_kept_in_plain(text: str) -> None:
    texts = TemplateTexts(Clock(), MOSCOW)
    said = texts.html("bot/staff/refusal", text=text)
    assert "<" not in said
    assert texts.render("bot/staff/refusal", text=text) == text.strip()


@given(st.text(max_size=60), st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4))
def test_filling_never_fails(text: str, values: dict[str, str]) -> None:
    assert isinstance(fill(text, values), str)


def mine() -> list[Path]:
    folders = ("bot", "email", "words", "errors", "reply")
    return [path for folder in folders for path in sorted((TEMPLATES / folder).rglob("*.j2"))]


def test_every_template_parses_and_every_translation_is_used(texts: TemplateTexts) -> None:
    env = Environment(extensions=["jinja2.ext.i18n"])
    used: set[str] = set()
    for path in mine():
        source = path.read_text("utf-8")
        for _, _, said in env.extract_translations(env.parse(source)):  # type: ignore[attr-defined]
            used.add(said[0] if isinstance(said, tuple) else said)
    catalogue = (TEMPLATES / "locale/en/LC_MESSAGES/bot.po").read_text("utf-8")
    translated = set(re.findall(r'^msgid "(.+)"$', catalogue, re.MULTILINE))
    assert translated <= used
    assert used <= translated


def test_no_template_asks_a_word_that_always_says_no() -> None:
    """`none` and `false` are words of the template language, no parameter can bear such a name."""
    asked = [
        (path.name, branch.lineno)
        for path in mine()
        for branch in Environment(extensions=["jinja2.ext.i18n"])
        .parse(path.read_text("utf-8"))
        .find_all(nodes.If)
        if isinstance(branch.test, nodes.Const)
    ]
    assert asked == []


def test_every_reason_that_channels_give_has_words_of_its_own() -> None:
    source = "\n".join(
        path.read_text("utf-8")
        for folder in ("hub", "channels", "bots")
        for path in (TEMPLATES.parent / folder).rglob("*.py")
    )
    given = set(
        re.findall(r"\b(?:Rejected|Unsure|FetchFailed|Deferred)\(\s*\"([a-z_]+)\"", source)
    ) | {key for _, key, _ in REFUSALS}
    worded = set(re.findall(r'"([a-z_]+)":', (TEMPLATES / "words/reason.j2").read_text("utf-8")))
    assert len(given) > 15
    assert given <= worded
