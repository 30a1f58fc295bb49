"""Phone numbers as people type them."""

from __future__ import annotations

import pytest

from hub.phones import e164


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
