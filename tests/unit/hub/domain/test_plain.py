"""Text that every channel bears."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.plain import is_plain, plain, plain_line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ""),
        ("Мастер\tбудет\nв 15:00", "Мастер\tбудет\nв 15:00"),
        ("👨‍👩‍👧 не́т\u00a0воды\u200b", "👨‍👩‍👧 не́т\u00a0воды\u200b"),
        ("а\x00б\x1bв\x7fг\x80д\x9fе", "абвгде"),
        ("а\r\nб\rв\x0bг\x0cд\x85е", "а\nб\nв\nг\nд\nе"),
        ("\x00", ""),
        ("а\ud83dб", "а\ufffdб"),
    ],
)
def test_control_characters_go_and_words_stay(text: str, told: str) -> None:
    assert plain(text) == told
    assert is_plain(text) == (text == told)


def test_a_name_is_one_line() -> None:
    assert plain_line("Анна\r\nBcc: x\x00") == "Анна Bcc: x"
    assert plain_line("Анна Ким") == "Анна Ким"


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_comes_can_be_encoded_and_shown(text: str) -> None:
    told = plain(text)
    told.encode()
    assert plain(told) == told
    assert all(unicodedata.category(sign) != "Cc" for sign in told if sign not in "\n\t")
