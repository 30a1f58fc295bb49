"""What the doctor found: a key for the words, what fills them, and how bad it is."""

from dataclasses import dataclass, field
from typing import Any, Literal

from hub.commands.texts import say

Grade = Literal["well", "note", "ill"]
SIGNS: dict[Grade, str] = {"well": "✓", "note": "·", "ill": "✗"}


@dataclass(frozen=True)
class Finding:
    """``note`` is worth knowing, ``ill`` must be mended."""

    grade: Grade
    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{SIGNS[self.grade]} {say(f'doctor.{self.text}', **self.params)}"


def well(text: str, **params: Any) -> Finding:
    return Finding("well", text, params)


def note(text: str, **params: Any) -> Finding:
    return Finding("note", text, params)


def ill(text: str, **params: Any) -> Finding:
    return Finding("ill", text, params)
