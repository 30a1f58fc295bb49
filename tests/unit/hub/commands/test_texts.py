"""Every mistake in the settings has words that name its key."""

import re
from pathlib import Path

import pytest

from hub.commands.texts import FOLDER, say, tell
from hub.settings import Problem

MACRO = re.compile(r"macro (\w+)\(([^)]*)\)")


@pytest.mark.parametrize("macro", MACRO.findall((FOLDER / "settings.j2").read_text()))
def test_the_words_for_a_mistake_name_its_key_and_are_whole(macro: tuple[str, str]) -> None:
    name, _ = macro
    text = tell(Problem("channel[1].id", f"settings.{name}", {}))
    if name != "environment":
        assert text.startswith("channel[1].id: ")
    assert text.endswith((".", "?"))
    assert "\n" not in text


def test_a_mistake_without_words_of_its_own_is_told_too() -> None:
    text = tell(Problem("port", "settings.decimal_max_digits", {"le": 3}))
    assert text == "port: значение не подходит, сверьтесь с hub.example.toml."


def test_a_likely_name_is_offered() -> None:
    assert "«port»" in tell(Problem("prot", "settings.unknown", {"likely": "port"}))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("the following arguments are required: LOGIN", "Не хватает: LOGIN"),
        ("argument --cases: invalid int value: 'x'", "Не так: --cases: нужно целое число: 'x'"),
        ("unrecognized arguments: --x", "Лишнее: --x"),
        (
            "the following arguments are required: КОМАНДА",
            "Не хватает: КОМАНДА. Какие есть, скажет --help",
        ),
    ],
)
def test_what_argparse_says_is_said_in_russian(message: str, expected: str) -> None:
    assert say("said.usage_error", message=message) == expected


def test_no_russian_word_stands_in_the_commands() -> None:
    for file in Path(FOLDER).parents[1].joinpath("hub", "commands").glob("*.py"):
        assert not re.search("[а-яё]", file.read_text(), re.IGNORECASE), file
