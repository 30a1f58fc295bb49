"""By what people search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.store.words import LONGEST, MOST, joined, phone_word, phone_words, query, stem, words


@pytest.mark.parametrize(
    "forms",
    [
        ("труба", "трубы", "трубой", "Трубах"),
        ("подвал", "подвале", "подвалом"),
        ("течёт", "течет"),
        ("лифт", "лифта", "лифтами"),
        ("Ленина", "ленина"),
        ("петрова", "петровой"),
    ],
)
def test_forms_of_a_word_meet(forms: tuple[str, ...]) -> None:
    assert len({word for form in forms for word in words(form)}) == 1


def test_numbers_and_marks() -> None:
    assert words("кв. 12-а, в подъезде №3!") == ["12", stem("подъезд"), "3"]
    assert words("_ - …") == []
    assert words("х" * (LONGEST + 1)) == []


def test_a_phone_is_found_by_any_of_its_usual_forms() -> None:
    kept = phone_words("+79161234567")
    for typed in ("+7 (916) 123-45-67", "89161234567", "9161234567", "1234567", "123-45-67"):
        assert query(typed) == [phone_word(typed)]
        assert phone_word(typed) in kept
    assert phone_word("4567") in kept
    assert phone_words("12") == []


@given(st.text(max_size=300))
def test_every_word_of_a_text_finds_it(text: str) -> None:
    held = set(words(text))
    assert set(query(text)) <= held or query(text)[0].isdigit()


@given(st.lists(st.text(max_size=5), max_size=MOST * 2), st.lists(st.text(max_size=5)))
def test_joined_words_are_bounded_and_single(held: list[str], added: list[str]) -> None:
    found = joined(held, added)
    assert len(found) == len(set(found)) <= MOST
