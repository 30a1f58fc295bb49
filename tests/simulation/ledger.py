"""What people said today: every message bears a tag by which it is found again everywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

TAG = re.compile(r"#([RANE])(\d+)#")


@dataclass(frozen=True, slots=True)
class Said:
    """Something somebody wrote. R: a resident, A: an answer to a resident, N: a note among staff,
    E: an executor."""

    tag: str
    at: float
    chat: int


class Ledger:
    """Hands out tags; residents may write `messages` today."""

    def __init__(self, messages: int) -> None:
        self.left = messages
        self.said: dict[str, Said] = {}
        self._last = 0

    def tag(self, kind: str, at: float, chat: int) -> str | None:
        """A new tag to be written into what is said; None when residents have said enough."""
        if kind == "R":
            if self.left <= 0:
                return None
            self.left -= 1
        self._last += 1
        tag = f"#{kind}{self._last}#"
        self.said[tag] = Said(tag, at, chat)
        return tag

    def of(self, kind: str) -> list[Said]:
        return [one for one in self.said.values() if one.tag[1] == kind]


def tags(text: str, kinds: str = "RANE") -> list[str]:
    """Tags of these kinds in a text, each once."""
    found = (match[0] for match in TAG.finditer(text) if match[1] in kinds)
    return list(dict.fromkeys(found))
