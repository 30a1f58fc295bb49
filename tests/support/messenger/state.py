"""What stands in a local MAX: people, dialogues, files, and the line of updates for the bot."""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class MaxPerson:
    id: int
    first_name: str
    last_name: str
    phone: str

    def user(self) -> dict[str, Any]:
        return {
            "user_id": self.id,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "is_bot": False,
            "last_activity_time": 1_795_000_000_000,
            "name": f"{self.first_name} {self.last_name}".strip(),
        }

    def vcf(self) -> str:
        name = f"{self.first_name} {self.last_name}".strip()
        phone = self.phone.removeprefix("+")
        return (
            "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:ez-vcard 0.10.3\r\n"
            f"TEL;TYPE=cell:{phone}\r\nFN:{name}\r\nEND:VCARD\r\n"
        )


@dataclass
class Line:
    """A message as it stands in a dialogue now. `number` and `changed` count within the server."""

    number: int
    changed: int
    mid: str
    seq: int
    from_bot: bool
    text: str
    attachments: list[dict[str, Any]]
    quoted: str = ""
    edited: bool = False
    deleted: bool = False
    was: list[str] = field(default_factory=list)

    @property
    def keyboard(self) -> list[list[dict[str, Any]]]:
        for one in self.attachments:
            if one["type"] == "inline_keyboard":
                rows: list[list[dict[str, Any]]] = one["payload"]["buttons"]
                return rows
        return []


class Messenger:
    """One bot and its people."""

    def __init__(self, token: str, people: list[MaxPerson], username: str = "dom_bot") -> None:
        self.token = token
        self.bot = {
            "user_id": 500900100,
            "first_name": "Дом",
            "username": username,
            "is_bot": True,
            "last_activity_time": 1_795_000_000_000,
            "name": "Дом",
        }
        self.people = {one.id: one for one in people}
        self.lines: dict[int, list[Line]] = {one.id: [] for one in people}
        self.stopped: set[int] = set()
        self.commands: list[dict[str, str]] = []
        self.answered: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.uploaded: dict[str, dict[str, Any]] = {}
        self.updates: list[dict[str, Any]] = []
        self.committed = 0
        self.changes = asyncio.Condition()
        self.count = 0
        self._mills = 0

    def chat(self, person: int) -> int:
        return int(str(self.bot["user_id"])) ^ person

    def now(self) -> int:
        """Milliseconds, never the same twice."""
        self._mills = max(self._mills + 1, int(time.time() * 1000))
        return self._mills

    async def changed(self) -> None:
        async with self.changes:
            self.changes.notify_all()

    def line(
        self, person: int, text: str, attachments: list[dict[str, Any]], *, from_bot: bool
    ) -> Line:
        """Put a message into a dialogue."""
        self.count += 1
        seq = self.now() << 16 | self.count % 65536
        mid = f"mid.{self.chat(person):016x}{seq:016x}"
        line = Line(self.count, self.count, mid, seq, from_bot, text, attachments)
        self.lines[person].append(line)
        return line

    def find(self, mid: str) -> tuple[int, Line] | None:
        for person, lines in self.lines.items():
            for line in lines:
                if line.mid == mid and not line.deleted:
                    return person, line
        return None

    def touched(self, line: Line) -> None:
        self.count += 1
        line.changed = self.count

    def tell(self, kind: str, **rest: Any) -> dict[str, Any]:
        """An update for the bot."""
        update = {"timestamp": self.now(), **rest, "update_type": kind}
        self.updates.append(update)
        return update

    def message(self, person: int, line: Line) -> dict[str, Any]:
        """A message as MAX writes it."""
        to = person if line.from_bot else self.bot["user_id"]
        shown: dict[str, Any] = {
            "recipient": {"chat_id": self.chat(person), "chat_type": "dialog", "user_id": to},
            "timestamp": line.seq >> 16,
            "body": {"mid": line.mid, "seq": line.seq, "text": line.text},
            "sender": self.bot if line.from_bot else self.people[person].user(),
        }
        if line.attachments:
            shown["body"]["attachments"] = line.attachments
        if line.quoted and (found := self.find(line.quoted)):
            shown["link"] = {
                "type": "reply",
                "chat_id": self.chat(person),
                "message": {"mid": line.quoted, "seq": found[1].seq, "text": found[1].text},
            }
        return shown

    def sign(self, vcf: str) -> str:
        """The hash of a card that our own button brings."""
        return hmac.digest(self.token.encode(), vcf.encode(), "sha256").hex()
