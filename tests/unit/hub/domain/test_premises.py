"""Codes of houses, and flats as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.premises import ALPHABET, CODE, code_of, new_code, read_flat

WORDS = frozenset({"кв", "квартира", "flat"})


@given(st.text(max_size=40))
def test_every_code_is_understood_from_its_link(ident: str) -> None:
    code = new_code(ident)
    assert len(code) == CODE
    assert set(code) <= set(ALPHABET)
    assert code_of(f"h_{code}") == code


@pytest.mark.parametrize("payload", ["", "h_", "h_short", "x_2345678", "h_234567O", "h_2345678.."])
def test_what_is_no_code_of_a_house(payload: str) -> None:
    assert code_of(payload) == ""


@pytest.mark.parametrize(
    ("text", "flat"),
    [
        ("12", "12"),
        (" 12 ", "12"),
        ("кв. 12", "12"),
        ("Кв12", "12"),
        ("квартира №7", "7"),
        ("№ 7", "7"),
        ("12а", "12а"),
        ("12-а", "12-а"),
        ("12/3", "12/3"),
        ("flat 12.", "12"),
        ("лифт 2", ""),
        ("12 нет воды", ""),
        ("нет воды", ""),
        ("123456", ""),
        ("12\n13", ""),
        ("", ""),
    ],
)
def test_a_flat_and_nothing_else(text: str, flat: str) -> None:
    assert read_flat(text, WORDS) == flat
