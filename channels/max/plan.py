"""What is to be said → messages of MAX, in order. Pure.

Texts go without a format: nothing that anybody wrote can become markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from channels.max.ids import NAMELESS
from channels.max.texts import cut, split
from hub.domain.message import Button, Outbound, OutboundFile

TEXT = 3999
"""The schema says 4000, the official clients say fewer than that."""
LABEL = 128
TOGETHER = 10
MEGABYTE = 1024 * 1024
IMAGES = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/tiff", "image/bmp", "image/heic"}
)
VIDEOS = frozenset({"video/mp4", "video/quicktime", "video/x-matroska", "video/webm"})
AUDIOS = frozenset({"audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav"})
LARGEST = 250 * MEGABYTE
LARGEST_IMAGE = 50 * MEGABYTE

Tokens = Mapping[str, str]
"""File id → the token that its upload was given."""


@dataclass
class Step:
    """One message."""

    text: str = ""
    files: list[OutboundFile] = field(default_factory=list)
    rows: list[list[dict[str, str]]] = field(default_factory=list)
    quoted: str = ""

    def body(self, tokens: Tokens) -> dict[str, Any]:
        """As POST /messages takes it."""
        attachments: list[dict[str, Any]] = [
            {"type": kind_of(file), "payload": {"token": tokens[file.id]}} for file in self.files
        ]
        if self.rows:
            attachments.append(keyboard(self.rows))
        link = {"type": "reply", "mid": self.quoted} if self.quoted else None
        return {"text": self.text or None, "attachments": attachments, "link": link}


def plan(out: Outbound) -> list[Step]:
    """The messages that send `out`; none where there is nothing to say."""
    text = f"{out.text}\n\n{out.signature}" if out.signature and out.text else out.text
    steps = [Step(text=part) for part in split(text, TEXT)]
    for number, files in enumerate(groups(out.files)):
        if number == 0 and steps:
            # The first files hang on the last words.
            steps[-1].files = files
        else:
            steps.append(Step(files=files))
    if not steps:
        return []
    if not out.in_reply_to.startswith(NAMELESS):
        steps[0].quoted = out.in_reply_to
    bearer = next((step for step in reversed(steps) if step.text), steps[0])
    bearer.rows = rows(out)
    return steps


def edited(out: Outbound) -> dict[str, Any]:
    """As PUT /messages takes it. Where the message bears files its attachments stay as they are."""
    text = f"{out.text}\n\n{out.signature}" if out.signature and out.text else out.text
    body: dict[str, Any] = {"text": (split(text, TEXT) or [""])[0], "link": None}
    found = rows(out)
    body["attachments"] = None if out.files else [keyboard(found)] if found else []
    return body


def rows(out: Outbound) -> list[list[dict[str, str]]]:
    """Keys and buttons: MAX has them under a message only."""
    return [[_button(key) for key in row] for row in (*out.keyboard, *out.buttons) if row]


def keyboard(rows: list[list[dict[str, str]]]) -> dict[str, Any]:
    """Rows as an attachment."""
    return {"type": "inline_keyboard", "payload": {"buttons": rows}}


def _button(key: Button) -> dict[str, str]:
    text = cut(key.text, LABEL)
    if key.ask == "phone":
        return {"type": "request_contact", "text": text}
    if not key.data:
        # A key below the input line says its own words.
        return {"type": "message", "text": text}
    return {"type": "callback", "text": text, "payload": key.data}


def kind_of(file: OutboundFile) -> str:
    """As what MAX takes a file: what it names as taken goes as media, all else as a file."""
    mime = file.mime.partition(";")[0].strip().lower()
    if mime in IMAGES and file.size <= LARGEST_IMAGE:
        return "image"
    if mime in VIDEOS:
        return "video"
    return "audio" if mime in AUDIOS else "file"


def groups(files: Iterable[OutboundFile]) -> list[list[OutboundFile]]:
    """Files that go in one message: pictures and films together, sounds and files one by one."""
    made: list[list[OutboundFile]] = []
    for seen, same in groupby(files, lambda file: kind_of(file) in {"image", "video"}):
        many = list(same)
        size = TOGETHER if seen else 1
        made += [many[at : at + size] for at in range(0, len(many), size)]
    return made
