"""Messages that come in parts: in any order, repeated, or never whole."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hub.domain.message import Edit, Fragment, Inbound
from hub.domain.plain import plain

PATIENCE = timedelta(seconds=50)
"""For so long the first part waits for the others; then what is there is shown with a mark."""
TOGETHER = timedelta(hours=1)
"""Parts kept further apart are of different messages: senders number anew after 255."""
REMEMBERED = 16
"""Messages of one name that are remembered."""
GAP = "[…]"
"""Stands where a part is missing."""


class Part(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One part; `row` is the inbox row that brought it."""

    index: int
    half: bytes
    row: str
    at: datetime


class Gathering(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The parts of one message so far. `key` is that of the message, taken from the row that came
    first; `message` is the Inbound of the earliest part. `finished`: nothing more is to be done."""

    key: str
    total: int
    since: datetime
    message: Inbound
    parts: list[Part] = []
    rows: list[str] = []
    finished: bool = False

    @property
    def whole(self) -> bool:
        """Whether every part is there."""
        return len(self.parts) == self.total

    @property
    def waits_until(self) -> datetime:
        """When it is shown as it is."""
        return self.since + PATIENCE

    def told(self) -> Inbound:
        """The message as far as its parts came; the same whatever their order was."""
        return msgspec.structs.replace(
            self.message,
            key=self.key,
            external_id=self.key,
            text=plain(joined({part.index: part.half for part in self.parts}, self.total)),
            incomplete=not self.whole,
        )

    def correction(self) -> Edit:
        """What was shown before, with the parts that came since."""
        told = self.told()
        return Edit(
            key=f"{self.key}:{len(self.parts)}",
            account=told.account,
            conversation=told.conversation,
            external_id=told.external_id,
            at=max(part.at for part in self.parts),
            text=told.text,
            incomplete=told.incomplete,
        )

    def may_hold(self, fragment: Fragment, at: datetime) -> bool:
        """Whether the part is of this message: a free place, or a repeat of what stands there."""
        if self.total != fragment.total or abs(at - self.since) > TOGETHER:
            return False
        held = next((part for part in self.parts if part.index == fragment.index), None)
        return held is None or held.half == fragment.half

    def add(self, fragment: Fragment, row: str, at: datetime) -> None:
        """Take the part in; a repeat leaves its row alone."""
        self.rows = [*self.rows, row]
        if any(part.index == fragment.index for part in self.parts):
            return
        part = Part(index=fragment.index, half=fragment.half, row=row, at=at)
        self.parts = sorted([*self.parts, part], key=lambda one: one.index)
        self.since = min(self.since, at)
        sent_at = min(self.message.sent_at, fragment.message.sent_at)
        if self.parts[0] is part:
            self.message = msgspec.structs.replace(fragment.message, text="")
        self.message.sent_at = sent_at


class PartBook(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Everything that came under one name: mostly one message, more where a name was used again."""

    id: str = msgspec.field(name="_id")
    rev: int = 0
    gatherings: list[Gathering] = []
    touched: datetime

    def take(self, fragment: Fragment, row: str, at: datetime) -> Gathering:
        """Find or begin the message of this part, and put the part in. A row that was taken before
        changes nothing."""
        for one in self.gatherings:
            if row in one.rows:
                return one
        found = next((one for one in reversed(self.gatherings) if one.may_hold(fragment, at)), None)
        if found is None:
            found = Gathering(
                key=f"{fragment.account}:parts:{row}",
                total=fragment.total,
                since=at,
                message=msgspec.structs.replace(fragment.message, text=""),
            )
            self.gatherings = [*self.gatherings, found][-REMEMBERED:]
        found.add(fragment, row, at)
        self.touched = max(self.touched, at)
        return found


def joined(halves: dict[int, bytes], total: int) -> str:
    """The text of these parts; a sign stands for those that are missing."""
    said: list[str] = []
    run = b""
    for index in range(1, total + 1):
        if index in halves:
            run += halves[index]
            continue
        if run:
            said.append(_text(run))
            run = b""
        if not said or said[-1] != GAP:
            said.append(GAP)
    if run:
        said.append(_text(run))
    return " ".join(said)


def _text(data: bytes) -> str:
    return data.decode("utf-16-be", "replace")
