"""What SMSC.ru posts to us, and what its answers mean. Pure.

Source: smsc.ru/api/http (send.php, status.php, «Передача статусов и сообщений на обработчик
Клиента»).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.domain.message import (
    Accepted,
    Deferred,
    DeliveryReport,
    Inbound,
    Outbound,
    Outcome,
    Received,
    Rejected,
    Sender,
    Unsure,
    stable_id,
)
from hub.ports.channel import Key, Malformed
from hub.sms.reasons import State
from hub.sms.senders import sent_by
from hub.sms.vendor import AGAIN, AGAIN_MONEY, AGAIN_TOKEN

CHANNEL = "smsc_ru"
MAX_ID = 120
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
OF_A_CASE = re.compile(r"\d{1,15}-\d{1,9}")

# Status → ours. Others are steps on the way.
_STATUS: dict[str, tuple[State, str]] = {
    "0": ("sent", ""),
    "1": ("delivered", ""),
    "2": ("delivered", ""),
    "3": ("failed", "expired"),
    "4": ("delivered", ""),
    "20": ("failed", "undelivered"),
    "22": ("failed", "number"),
    "23": ("failed", "rejected"),
    "24": ("failed", "no_money"),
    "25": ("failed", "number"),
}
# error_code of send.php → what it means for a message.
_ERRORS: dict[int, Outcome] = {
    2: Deferred("token", AGAIN_TOKEN, "account"),
    3: Deferred("no_money", AGAIN_MONEY, "account"),
    4: Deferred("token", AGAIN_MONEY, "account"),
    9: Deferred("rate_limit", AGAIN_TOKEN),
}
_REASONS = {6: "rejected", 7: "number", 8: "number"}
NOT_FOUND = 3
"""error_code of status.php for an id that nobody sent."""

Told = Mapping[str, str]


def name_of(out: Outbound) -> str:
    """Our name of a message there: Latin letters, digits, «.-_», 40 at most."""
    plain = out.id.replace("-", "").isalnum() and out.id.isascii() and len(out.id) <= 40
    return out.id if plain else stable_id(out.id)


def key(account: str, told: Told) -> Key:
    """A message by its number, a report by message and status."""
    if "mes" in told:
        _, address = sent_by(account, CHANNEL, _word(told, "phone"))
        return Key(f"mo:{_word(told, 'id')}", address.conversation)
    named, status = _word(told, "id"), _word(told, "status")
    # The time tells the reports of a second try from those of the first.
    at = told.get("ts", "")[:20] or told.get("time", "")[:20]
    return Key(f"dlr:{named}:{status}:{at}", f"{account}:dlr:{named}")


def received(account: str, told: Told, now: datetime) -> list[Received]:
    """What one call says. Raises Malformed."""
    named = key(account, told)
    if "mes" not in told:
        return _report(account, f"{account}:{named.external_id}", told, now)
    said = _word(told, "phone")
    identity, address = sent_by(account, CHANNEL, said)
    return [
        Inbound(
            key=f"{account}:{named.external_id}",
            account=account,
            channel=CHANNEL,
            conversation=address.conversation,
            sender=Sender(identity=identity, name="" if address.to else said),
            reply_to=address,
            text=told["mes"],
            sent_at=_at(told, now),
            external_id=named.external_id,
            automatic=not address.to,
        )
    ]


def _report(account: str, named: str, told: Told, now: datetime) -> list[Received]:
    known, out = _STATUS.get(told["status"].strip()), _word(told, "id")
    # What belongs to no case, or was sent by another program, has nobody who waits for it.
    if known is None or not OF_A_CASE.fullmatch(out):
        return []
    return [
        DeliveryReport(
            key=named,
            account=account,
            at=_at(told, now),
            state=known[0],
            out=out,
            reason=known[1],
        )
    ]


def sent(name: str, told: Mapping[str, Any]) -> Outcome:
    """What send.php answered with 200."""
    code = told.get("error_code")
    if isinstance(code, str) and code.isdigit():
        code = int(code)
    if isinstance(code, int):
        detail = str(told.get("error") or "")[:200]
        return _ERRORS.get(code) or Rejected(_REASONS.get(code, "refused"), f"{code} {detail}")
    return Accepted((name,)) if "id" in told else Unsure("network")


def known(told: Mapping[str, Any]) -> bool | None:
    """Whether status.php knows a message; None where it does not say."""
    status = str(told.get("status", ""))
    state = _STATUS.get(status)
    if state is not None and state[0] == "failed":
        # It may be an earlier try of the same message that failed.
        return None
    if status:
        return status != "-3"
    return False if str(told.get("error_code")) == str(NOT_FOUND) else None


def again() -> Outcome:
    """The message did not get there: nothing stands in the way of sending it again."""
    return Deferred("network", AGAIN)


def _word(told: Told, name: str) -> str:
    """A short field that must be there."""
    word = told.get(name, "").strip()
    if not 0 < len(word) <= MAX_ID or not word.isprintable():
        raise Malformed(f"`{name}` is missing or unreadable")
    return word


def _at(told: Told, now: datetime) -> datetime:
    """`ts`: seconds since 1970; `time` is written in the account's own time zone."""
    said = told.get("ts", "")
    if not said.isascii() or not said.isdigit() or len(said) > 11:
        return now
    at = datetime.fromtimestamp(int(said), UTC)
    return at if EARLIEST <= at <= now + AHEAD else now
