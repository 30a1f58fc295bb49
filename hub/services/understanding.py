"""What one inbox row says, and what becomes of rows that cannot be understood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from hub.domain.message import DeliveryReport, Edit, Inbound, Received
from hub.domain.plain import is_plain, plain, plain_line
from hub.ports.channel import Receiver, Unreadable
from hub.ports.inbox import Inbox, InboxRow

log = structlog.get_logger()

PAUSES = (1, 2, 5, 15, 60, 300, 900)
"""Seconds until a row that failed is tried again; after the last one it is quarantined."""
HELD = 3
"""So many of the pauses its lane waits too, since most failures pass; then others go first."""


class NotYet(Exception):
    """What the row refers to is not there yet; it is tried again. The message is a text key."""


def parse(receivers: Mapping[str, Receiver], row: InboxRow) -> list[Received]:
    """Translate a row by its account's channel. Raises Unreadable."""
    receiver = receivers.get(row.account)
    if receiver is None:
        raise Unreadable("unknown_account")
    return [_readable(one) for one in receiver.parse(row.raw)]


def _readable(one: Received) -> Received:
    """Whatever the channel lets through, what is filed can be shown, exported and passed on."""
    if isinstance(one, Edit):
        one.text = plain(one.text)
    elif isinstance(one, Inbound):
        one.text, one.subject = plain(one.text), plain_line(one.subject)
        if not is_plain(one.sender.name) or not is_plain(one.sender.premises):
            name, premises = plain_line(one.sender.name), plain_line(one.sender.premises)
            one.sender = replace(one.sender, name=name, premises=premises)
        for file in one.attachments:
            file.name = plain_line(file.name)
    return one


def only_messages(received: list[Received]) -> list[Inbound] | None:
    """The row's messages if it holds nothing else, so that it can be taken with many others."""
    messages = [one for one in received if isinstance(one, Inbound)]
    return messages if len(messages) == len(received) else None


async def put_off(inbox: Inbox, row: InboxRow, error: str, now: datetime) -> None:
    """Try the row again later; after all pauses it waits in the quarantine for a person."""
    if last_try(row):
        await inbox.quarantine(row.id, error, now)
        log.warning("inbox.quarantined", row=row.id, account=row.account, error=error)
        return
    await inbox.later(row.id, now + timedelta(seconds=PAUSES[row.tries]), error)


def last_try(row: InboxRow) -> bool:
    """What fails now is not tried again."""
    return row.tries >= len(PAUSES)


def of_nobody(received: Received) -> bool:
    """Whether it only tells of a message and says nothing itself: once it is known that no case has
    that message (a code, a greeting, another program's), nobody needs to look at it."""
    return isinstance(received, DeliveryReport) or (isinstance(received, Edit) and received.deleted)


def holds(row: InboxRow) -> float:
    """For how many seconds the lane of a row that failed now waits for its next try."""
    return float(PAUSES[row.tries]) if row.tries < HELD else 0.0
