"""What SMS.ru posts to us, and what its answers mean. Pure.

Source: sms.ru/api/send, sms.ru/api/callback, sms.ru/api/status (codes).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.domain.message import (
    Accepted,
    Deferred,
    DeliveryReport,
    Outcome,
    Received,
    Rejected,
    Unsure,
    stable_id,
)
from hub.ports.channel import Key, Malformed
from hub.sms.reasons import State
from hub.sms.vendor import AGAIN, AGAIN_MONEY, AGAIN_TOKEN

CHANNEL = "sms_ru"
MOST = 100
"""Records of one call."""
MAX_RECORD = 2000
MAX_ID = 120
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)

_STATUS: dict[str, tuple[State, str]] = {
    "100": ("sent", ""),
    "101": ("sent", ""),
    "102": ("sent", ""),
    "103": ("delivered", ""),
    "104": ("failed", "expired"),
    "105": ("failed", "undelivered"),
    "106": ("failed", "undelivered"),
    "107": ("failed", "undelivered"),
    "108": ("failed", "rejected"),
    "110": ("delivered", ""),
    "150": ("failed", "number"),
}
_ERRORS: dict[int, Outcome] = {
    200: Deferred("token", AGAIN_TOKEN, "account"),
    201: Deferred("no_money", AGAIN_MONEY, "account"),
    206: Deferred("rate_limit", AGAIN_MONEY, "account"),
    220: Deferred("server", AGAIN, "account"),
    231: Deferred("rate_limit", AGAIN_TOKEN),
    300: Deferred("token", AGAIN_TOKEN, "account"),
    301: Deferred("token", AGAIN_TOKEN, "account"),
    302: Deferred("token", AGAIN_TOKEN, "account"),
    500: Deferred("server", AGAIN),
}
_REASONS = {
    202: "number",
    204: "sender",
    205: "too_long",
    207: "number",
    209: "rejected",
    214: "number",
    215: "rejected",
    216: "rejected",
}

Told = Mapping[str, str]


def records(told: Told) -> list[str]:
    """`data[0]`, `data[1]` … in their order; raises Malformed where there is none."""
    numbered: dict[int, str] = {}
    for name, value in told.items():
        number = name.removeprefix("data[").removesuffix("]")
        if name == f"data[{number}]" and number.isascii() and number.isdigit() and len(number) < 4:
            numbered[int(number)] = value
    if not numbered or len(numbered) > MOST:
        raise Malformed("no `data`")
    found = [numbered[number] for number in sorted(numbered)]
    if any(len(record) > MAX_RECORD for record in found):
        raise Malformed("`data` is too long")
    return found


def signed(api_id: str, told: Told) -> bool:
    """Whether `hash` is SHA-256 over the account's key and all records."""
    try:
        said = "".join(records(told))
    except Malformed:
        said = ""
    made = hashlib.sha256(f"{api_id}{said}".encode()).hexdigest()
    return hmac.compare_digest(told.get("hash", "").lower().encode(), made.encode())


def key(account: str, told: Told) -> Key:
    """One call is one event, named by all that it tells."""
    return Key(f"cb:{stable_id(*records(told))}", f"{account}:dlr")


def received(account: str, told: Told, now: datetime) -> list[Received]:
    """The reports of one call. Raises Malformed."""
    named = f"{account}:{key(account, told).external_id}"
    found: list[Received] = []
    for number, record in enumerate(records(told)):
        kind, *rest = record.replace("\r", "").split("\n")
        if kind != "sms_status" or len(rest) < 2:
            # Reports of calls and tests of the address say nothing of messages.
            continue
        ident, status = rest[0].strip(), rest[1].strip()
        known = _STATUS.get(status)
        if known is None or not 0 < len(ident) <= MAX_ID:
            continue
        found.append(
            DeliveryReport(
                key=f"{named}:{number}",
                account=account,
                at=_at(rest[2] if len(rest) > 2 else "", now),
                state=known[0],
                external_id=ident,
                reason=known[1],
            )
        )
    return found


def sent(to: str, told: Mapping[str, Any]) -> Outcome:
    """What /sms/send answered with 200 for the number `to`."""
    code = _code(told.get("status_code"))
    if code is None:
        return Unsure("network")
    if code != 100:
        return _refused(code, told)
    each = told.get("sms")
    one = each.get(to) if isinstance(each, dict) else None
    if not isinstance(one, dict):
        return Unsure("network")
    code = _code(one.get("status_code"))
    if code == 100:
        name = one.get("sms_id")
        return Accepted((str(name),)) if name else Accepted()
    return _refused(code, one)


def _refused(code: int | None, told: Mapping[str, Any]) -> Outcome:
    detail = f"{code} {str(told.get('status_text') or '')[:200]}".strip()
    if code is None:
        return Unsure("network")
    return _ERRORS.get(code) or Rejected(_REASONS.get(code, "refused"), detail)


def _code(value: object) -> int | None:
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return value if isinstance(value, int) else None


def _at(said: str, now: datetime) -> datetime:
    if not said.isascii() or not said.isdigit() or len(said) > 11:
        return now
    at = datetime.fromtimestamp(int(said), UTC)
    return at if EARLIEST <= at <= now + AHEAD else now
