"""By which word somebody is greeted."""

from __future__ import annotations

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from hub.names import formal, given


@pytest.mark.parametrize(
    ("whole", "name", "respectful"),
    [
        ("Мороз Андрей", "Андрей", "Андрей"),
        ("Андрей Мороз", "Андрей", "Андрей"),
        ("Светлана Иванова", "Светлана", "Светлана"),
        ("Светлана", "Светлана", "Светлана"),
        ("Мороз Андрей Петрович", "Андрей", "Андрей Петрович"),
        ("Андрей Петрович Мороз", "Андрей", "Андрей Петрович"),
        ("Андрей Петрович", "Андрей", "Андрей Петрович"),
        ("Мария Ильинична", "Мария", "Мария Ильинична"),
        ("Иванова Анна-Мария Сергеевна", "Анна-Мария", "Анна-Мария Сергеевна"),
        ("Мамедов Али Гасан оглы", "Али", "Али Гасан оглы"),
        ("Кузьминич Ольга", "Ольга", "Ольга"),
    ],
)
def test_the_given_name_is_found_in_any_order(whole: str, name: str, respectful: str) -> None:
    assert given(whole) == name
    assert formal(whole) == respectful


@pytest.mark.parametrize(
    "whole",
    [
        "Роман Павел",
        "Анна Андреевич",
        "Сидорова Петровна Анна",
        "ООО «Ромашка»",
        "ИП Иванов",
        "Кот Матроскин",
        "кв. 12",
        "Sveta 1990",
        "Hans Peter Müller Schmidt Junior",
    ],
)
def test_what_is_not_plain_stays_whole(whole: str) -> None:
    assert given(whole) == formal(whole) == whole


@any_of(st.text(max_size=60))
def test_nothing_is_made_up(text: str) -> None:
    for word in given(text).split():
        assert word in text
