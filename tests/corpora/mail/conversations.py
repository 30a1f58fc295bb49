"""The conversations as data. For a test of threading:

    for talk in conversations():
        sent: dict[int, Sent] = {}
        for number, letter in enumerate(talk.letters):
            if letter.by == "house":
                raw = ...  # answer the case of `letter.matter` with letter.text, take what went out
            else:
                raw = write(talk, number, sent)  # letters.py
                ...        # let the hub take it; it must be in the case of `letter.matter`
            sent[number] = Sent.of(raw)

Two mails with the same matter belong to one case (a new one is allowed where `may_split`); two of
different matters never do. Matters are unique over all conversations.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

FOLDER = Path(__file__).parent / "conversations"
Lost = Literal["message_id", "in_reply_to", "references", "plus", "number", "date"]


class Letter(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One mail.

    `text` is what its writer typed, without quote and signature. `to` is the index of the letter
    it answers or passes on: by default, for `reply` and `forward`, the last one of the other side.
    `matter` is what it is truly about; empty: the conversation's own. `subject` is what the writer
    made of it, if not what the program would. `lost` is what does not come through; `message_id`
    a fixed id, used by a program that uses its ids again. `may_split`: nothing in this mail says
    where it belongs, so a new case is no mistake. `sender` is somebody else than the resident.
    `quote` false: the writer removed the quote. `after` minutes since the letter before.
    """

    by: Literal["resident", "house"] = "resident"
    text: str
    how: Literal["new", "reply", "forward"] = "reply"
    to: int | None = None
    client: str = ""
    sender: str = ""
    subject: str = ""
    matter: str = ""
    lost: tuple[Lost, ...] = ()
    message_id: str = ""
    may_split: bool = False
    quote: bool = True
    after: int = 47


class Conversation(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Mails of one resident, in order. `resident` is «Name <address>»; `client` one of styles.py;
    `start` the hour of the first mail, ISO with offset."""

    name: str
    client: str
    resident: str
    subject: str
    start: str = "2026-11-16T09:12:00+03:00"
    letters: tuple[Letter, ...]

    def matter(self, number: int) -> str:
        """The matter of the letter, unique over all conversations."""
        said = self.letters[number].matter
        return f"{self.name}/{said}" if said else self.name

    def answers(self, number: int) -> int | None:
        """The letter that this one answers or passes on."""
        letter = self.letters[number]
        if letter.how == "new":
            return None
        if letter.to is not None:
            return letter.to
        others = [i for i in range(number) if self.letters[i].by != letter.by]
        return others[-1] if others else None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    conversation: tuple[Conversation, ...]


@cache
def conversations() -> tuple[Conversation, ...]:
    """All of them, by file and order."""
    found: list[Conversation] = []
    for path in sorted(FOLDER.glob("*.toml")):
        found += msgspec.convert(tomllib.loads(path.read_text("utf-8")), _File).conversation
    return tuple(found)
