"""How many short messages a text is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sms import alphabet
from hub.sms.latin import latin
from hub.sms.length import EACH, Fit, coding_of, fit, split


@pytest.mark.parametrize(
    ("text", "coding", "parts", "used", "room"),
    [
        ("", "gsm7", 1, 0, 160),
        ("a" * 160, "gsm7", 1, 160, 160),
        ("a" * 161, "gsm7", 2, 161, 306),
        ("a" * 306, "gsm7", 2, 306, 306),
        ("a" * 307, "gsm7", 3, 307, 459),
        ("ё" * 70, "ucs2", 1, 70, 70),
        ("ё" * 71, "ucs2", 2, 71, 134),
        ("ё" * 134, "ucs2", 2, 134, 134),
        ("ё" * 135, "ucs2", 3, 135, 201),
        ("€" * 80, "gsm7", 1, 160, 160),
        ("€" * 81, "gsm7", 2, 162, 306),
        ("€" * 153, "gsm7", 3, 306, 459),
        ("{}[]~^|\\", "gsm7", 1, 16, 160),
        ("😀" * 35, "ucs2", 1, 70, 70),
        ("😀" * 36, "ucs2", 2, 72, 134),
        ("a" * 69 + "№", "ucs2", 1, 70, 70),
        ("café ÜÄÖ Ω", "gsm7", 1, 10, 160),
        ("`", "ucs2", 1, 1, 70),
    ],
)
def test_measured(text: str, coding: str, parts: int, used: int, room: int) -> None:
    assert fit(text) == Fit(coding=coding, parts=parts, used=used, room=room)  # type: ignore[arg-type]


@given(st.text(max_size=700))
def test_parts_are_the_text_and_each_has_room(text: str) -> None:
    parts = split(text)
    assert "".join(parts) == text
    coding = coding_of(text)
    if len(parts) > 1:
        for part in parts:
            assert 0 < fit(part).used <= EACH[coding] or coding_of(part) != coding


def test_an_extended_character_is_not_cut() -> None:
    assert split("a" * 152 + "€" + "b" * 10)[0] == "a" * 152


def test_an_emoji_is_not_cut() -> None:
    assert split("ы" * 66 + "😀" + "ы" * 10)[0] == "ы" * 66


@given(st.text(alphabet=sorted(set(alphabet.BASIC) - {"\x1b"} | set(alphabet.EXTENDED.values()))))
def test_the_alphabet_says_what_it_was_told(text: str) -> None:
    data = alphabet.encode(text)
    assert alphabet.decode(data) == text
    assert len(data) == alphabet.septets(text)


def test_latin_letters_fit_the_alphabet() -> None:
    said = latin("Объявление № 5: «щука, ёж, подъезд» — 100 ₽… \u00a0Э, ю, ъ")
    assert coding_of(said) == "gsm7"
    assert "podyezd" in said
