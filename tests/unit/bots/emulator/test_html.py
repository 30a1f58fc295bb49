"""HTML of messages, as strict as Telegram."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.emulator.errors import BotApiError
from bots.emulator.html import parse_html
from bots.emulator.texts import text_of
from bots.emulator.utf16 import piece, width


def test_entities_count_in_utf16_units() -> None:
    text, entities = parse_html("👀 <b>Нет <i>воды</i></b> &lt;2&gt; дня")
    assert text == "👀 Нет воды <2> дня"
    assert {(e["type"], piece(text, e["offset"], e["length"])) for e in entities} == {
        ("bold", "Нет воды"),
        ("italic", "воды"),
    }


@pytest.mark.parametrize(
    ("source", "kind", "extra"),
    [
        ('<a href="https://t.me/x?a=1&amp;b=2">дом</a>', "text_link", "https://t.me/x?a=1&b=2"),
        ('<a href="tg://user?id=5">имя</a>', "text_mention", {"id": 5}),
        ('<pre><code class="language-py">x</code></pre>', "pre", "py"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote", None),
        ('<span class="tg-spoiler">x</span>', "spoiler", None),
    ],
)
def test_tags_with_attributes(source: str, kind: str, extra: object) -> None:
    _, (entity,) = parse_html(source)
    assert entity["type"] == kind
    told = [entity[name] for name in ("url", "user", "language") if name in entity]
    assert told == ([] if extra is None else [extra])


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ы<br>", 'Unsupported start tag "br" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_refusals_name_the_place(source: str, why: str) -> None:
    with pytest.raises(BotApiError) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {why}"


@given(st.text())
def test_whatever_is_escaped_comes_out_as_it_went_in(text: str) -> None:
    plain, entities = parse_html(html.escape(text, quote=False))
    assert (plain, entities) == (text, [])


@given(st.text())
def test_any_text_parses_or_is_refused_as_bad_entities(text: str) -> None:
    refused = ""
    try:
        plain, entities = parse_html(text)
    except BotApiError as error:
        refused = error.description
    if refused:
        assert refused.startswith("Bad Request: can't parse entities: ")
    else:
        assert all(0 < e["length"] <= width(plain) - e["offset"] for e in entities)


def test_telegram_finds_links_and_commands_itself() -> None:
    content = text_of("/start или t.me/dom_bot?start=a1, почта a@b.ru, +7 922 304-65-01")
    found = [
        (e["type"], piece(content["text"], e["offset"], e["length"])) for e in content["entities"]
    ]
    assert found == [
        ("bot_command", "/start"),
        ("url", "t.me/dom_bot?start=a1"),
        ("email", "a@b.ru"),
        ("phone_number", "+7 922 304-65-01"),
    ]


def test_spaces_at_the_ends_are_cut_and_entities_move_along() -> None:
    content = text_of("  \n<b> да </b> ", "HTML")
    assert content == {"text": "да", "entities": [{"type": "bold", "offset": 0, "length": 2}]}


@pytest.mark.parametrize("text", ["5 < 6</b>", "и/или", "</start>", "t/start"])
def test_what_telegram_takes_for_no_command(text: str) -> None:
    assert "bot_command" not in [one["type"] for one in text_of(text).get("entities", [])]
