"""Everything that a resident reads is said in English too."""

from __future__ import annotations

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from hub.texts import TEMPLATES

SHOWN = (
    "bot/resident/**.j2",
    "email/**.j2",
    "reply/resolved.j2",
    "reply/rejected.j2",
    "words/when.j2",
    "words/times.j2",
)


def test_everything_that_a_resident_reads_is_said_in_english() -> None:
    asked = {
        message
        for _, _, message, _, _ in extract_from_dir(
            TEMPLATES,
            [(pattern, "jinja2") for pattern in SHOWN],
            options_map={pattern: {"silent": "false"} for pattern in SHOWN},
        )
    }
    assert len(asked) > 50
    with (TEMPLATES / "locale/en/LC_MESSAGES/bot.po").open("rb") as file:
        known = {message.id for message in read_po(file) if message.id and message.string}
    assert asked <= known, asked - known
