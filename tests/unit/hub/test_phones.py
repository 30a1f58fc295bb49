"""Phone numbers as people type them."""

from __future__ import annotations

import pytest

from hub.phones import e164, from_exchange


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+7 916 123-45-67", "+79161234567"),
        ("8 (916) 123-45-67", "+79161234567"),
        ("9161234567", "+79161234567"),
        ("+375 29 123-45-67", "+375291234567"),
        ("домашний", ""),
        ("", ""),
        ("112", ""),
        ("1" * 60, ""),
    ],
)
def test_one_form_for_every_spelling(typed: str, number: str) -> None:
    assert e164(typed) == number


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("79161234567", "+79161234567"),
        (79161234567, "+79161234567"),
        ("+7 916 123-45-67", "+79161234567"),
        ("89161234567", "+79161234567"),
        ("9161234567", "+79161234567"),
        ("375291234567", "+375291234567"),
        ("810375291234567", "+375291234567"),
        ("00375291234567", "+375291234567"),
        ("sip:79161234567@vpbx.example.org", "+79161234567"),
        ("SIPS:+79161234567@vpbx.example.org;transport=tls", "+79161234567"),
        ("tel:+79161234567", "+79161234567"),
        ("sip:user1@vpbx.example.org", ""),
        ("anonymous", ""),
        ("Скрытый номер", ""),
        ("101", ""),
        (101, ""),
        ("", ""),
        (None, ""),
        (True, ""),
        (7.9e10, ""),
        (["79161234567"], ""),
        ("٧٩١٦١٢٣٤٥٦٧", ""),
    ],
)
def test_exchanges_write_numbers_in_their_own_ways(said: object, number: str) -> None:
    assert from_exchange(said) == number
