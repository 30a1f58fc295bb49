"""What MTS Exolve lists, and what its answers mean. Pure.

Source: docs.exolve.ru, SMS API (SendSMS, GetList). Enumerations are read by their words; numbers
are read only where programs that work with them say what they mean (direction 1 is incoming).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from hub.domain.message import (
    Accepted,
    Deferred,
    DeliveryReport,
    Inbound,
    Outcome,
    Received,
    Rejected,
    Sender,
    Unsure,
)
from hub.ports.channel import Key, Malformed
from hub.sms.reasons import State
from hub.sms.senders import phone_of, sent_by
from hub.sms.vendor import AGAIN_MONEY

CHANNEL = "exolve"
MAX_ID = 100
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)

# Words of a state, the first that fits; «undelivered» stands before «delivered».
_WORDS: tuple[tuple[str, State, str], ...] = (
    ("undeliv", "failed", "undelivered"),
    ("not_deliv", "failed", "undelivered"),
    ("expire", "failed", "expired"),
    ("reject", "failed", "rejected"),
    ("fail", "failed", "undelivered"),
    ("error", "failed", "undelivered"),
    ("deliv", "delivered", ""),
    ("read", "delivered", ""),
    ("sent", "sent", ""),
)

Told = Mapping[str, Any]


def read(body: bytes) -> dict[str, Any]:
    """One message of a list. Raises Malformed."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("no JSON") from None
    if not isinstance(told, dict):
        raise Malformed("no message")
    return told


def listed(told: Told) -> list[dict[str, Any]]:
    """The messages of an answer of GetList."""
    found = told.get("messages")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def direction(told: Told) -> Literal["in", "out", ""]:
    """Who sent it: a resident, or we."""
    said = told.get("direction")
    if isinstance(said, int) and not isinstance(said, bool):
        return "in" if said == 1 else "out" if said == 2 else ""
    word = said.lower() if isinstance(said, str) else ""
    if word.isdigit():
        return direction({"direction": int(word)})
    if "out" in word:
        return "out"
    return "in" if "in" in word else ""


def state(told: Told) -> tuple[State, str] | None:
    """How an outgoing message fares; None where it does not say so in words."""
    for name in ("delivery_status", "status"):
        said = told.get(name)
        low = said.lower() if isinstance(said, str) else ""
        for word, ours, reason in _WORDS:
            if word in low:
                return ours, reason
    return None


def ours(told: Told, sender: str) -> bool:
    """Whether it went from our sender, or came to it; a name cannot be written to."""
    way = direction(told)
    at = told.get("receiver") if way == "in" else told.get("sender") or told.get("number")
    mine = phone_of(sender)
    if not mine:
        return way == "in" or str(at or "").strip().lower() == sender.strip().lower()
    return phone_of(str(at or "")) == mine


def worth(told: Told) -> bool:
    """Whether it says anything that the hub waits for."""
    way = direction(told)
    return way == "in" or (way == "out" and state(told) is not None)


def key(account: str, told: Told) -> Key:
    """A message by its id; a report by id and state. Raises Malformed."""
    named = _id(told)
    way = direction(told)
    if way == "in":
        _, address = sent_by(account, CHANNEL, _word(told, "sender"))
        return Key(f"mo:{named}", address.conversation)
    if way != "out":
        raise Malformed("no `direction`")
    now = state(told)
    return Key(f"dlr:{named}:{now[0] if now else 'none'}", f"{account}:dlr:{named}")


def received(account: str, told: Told, now: datetime) -> list[Received]:
    """What one listed message says. Raises Malformed."""
    named = key(account, told)
    event = f"{account}:{named.external_id}"
    if direction(told) == "out":
        fares = state(told)
        if fares is None:
            return []
        return [
            DeliveryReport(
                key=event,
                account=account,
                at=now,
                state=fares[0],
                external_id=_id(told),
                reason=fares[1],
            )
        ]
    said = _word(told, "sender")
    identity, address = sent_by(account, CHANNEL, said)
    text = told.get("text")
    return [
        Inbound(
            key=event,
            account=account,
            channel=CHANNEL,
            conversation=address.conversation,
            sender=Sender(identity=identity, name="" if address.to else said),
            reply_to=address,
            text=text if isinstance(text, str) else "",
            sent_at=_at(told.get("date"), now),
            external_id=named.external_id,
            automatic=not address.to,
        )
    ]


def sent(told: Told) -> Outcome:
    """What SendSMS answered with 200."""
    name = told.get("message_id")
    if isinstance(name, str | int) and not isinstance(name, bool) and str(name):
        return Accepted((str(name),))
    return Unsure("network")


def refused(status: int, told: Told) -> Outcome:
    """What SendSMS answered with 4xx."""
    error = told.get("error")
    said = error if isinstance(error, dict) else told
    detail = " ".join(str(said.get(name) or "") for name in ("code", "message", "details")).strip()
    low = detail.lower()
    if "balance" in low or "money" in low or "funds" in low:
        return Deferred("no_money", AGAIN_MONEY, "account")
    reason = "refused"
    if "destination" in low:
        reason = "number"
    elif "number" in low or "sender" in low:
        reason = "sender"
    return Rejected(reason, f"HTTP {status} {detail[:200]}".strip())


def _id(told: Told) -> str:
    said = told.get("message_id")
    name = str(said) if isinstance(said, str | int) and not isinstance(said, bool) else ""
    if not 0 < len(name) <= MAX_ID or not name.isprintable():
        raise Malformed("no `message_id`")
    return name


def _word(told: Told, name: str) -> str:
    said = told.get(name)
    word = str(said).strip() if isinstance(said, str | int) and not isinstance(said, bool) else ""
    if not 0 < len(word) <= MAX_ID or not word.isprintable():
        raise Malformed(f"`{name}` is missing or unreadable")
    return word


def _at(said: object, now: datetime) -> datetime:
    """ISO 8601; not believed where it cannot be."""
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else now
    except ValueError:
        return now
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return at if EARLIEST <= at <= now + AHEAD else now
