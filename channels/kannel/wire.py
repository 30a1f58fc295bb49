"""What Kannel's smsbox asks of us and what we ask of it ↔ what the hub understands. Pure.

Source: Kannel 1.4.5 user guide, «Setting up SMS services» (escape codes of get-url), «Sendsms
user», «Delivery reports»; requests captured from the Debian package.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from channels.kannel.proof import Told
from hub.domain.message import DeliveryReport, Fragment, Inbound, Received, Sender
from hub.ports.channel import Key, Malformed
from hub.sms import octets, reasons, udh
from hub.sms.length import coding_of
from hub.sms.senders import sent_by

CHANNEL = "kannel"
MAX_ID = 120
CHARSETS = frozenset(
    {
        "UTF-8",
        "US-ASCII",
        "ASCII",
        "ISO-8859-1",
        "ISO-8859-5",
        "WINDOWS-1251",
        "WINDOWS-1252",
        "KOI8-R",
    }
)
"""Those that are believed; under any other name the octets speak for themselves."""
DELIVERED, FAILED, BUFFERED, TAKEN, REFUSED = 1, 2, 4, 8, 16
MASK = DELIVERED | FAILED | BUFFERED | TAKEN | REFUSED
AHEAD = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def key(account: str, told: Told) -> Key:
    """A message has Kannel's own id, which stays when it is sent to us again; a report has the id
    that we gave it, since Kannel's changes with every report."""
    if "out" in told:
        out, made, status = (_word(told, name) for name in ("out", "made", "status"))
        return Key(f"dlr:{out}:{made}:{status}", f"{account}:dlr:{out}")
    _, address = sent_by(account, CHANNEL, _word(told, "from"))
    return Key(f"mo:{_word(told, 'id')}", address.conversation)


def received(account: str, told: Told, now: datetime) -> list[Received]:
    """What one request says. Raises Malformed."""
    named = key(account, told)
    if "out" in told:
        return _report(account, f"{account}:{named.external_id}", told, now)
    identity, address = sent_by(account, CHANNEL, _word(told, "from"))
    header, half, text = _said(told)
    message = Inbound(
        key=f"{account}:{named.external_id}",
        account=account,
        channel=CHANNEL,
        conversation=address.conversation,
        sender=Sender(identity=identity, name="" if address.to else _word(told, "from")),
        reply_to=address,
        text=text,
        sent_at=_at(told, now),
        external_id=named.external_id,
        automatic=not address.to,
    )
    place = udh.place(header)
    if place is None or place.total == 1:
        return [message]
    to = told.get("to").decode("utf-8", "replace")
    return [
        Fragment(
            key=message.key,
            account=account,
            ref=f"{address.conversation}>{to}:{place.ref}:{place.total}",
            total=place.total,
            index=place.index,
            half=half,
            message=message,
        )
    ]


def _said(told: Told) -> tuple[bytes, bytes, str]:
    """Header, the words as UTF-16BE, and as text."""
    data, charset = told.get("textb"), told.get("charset").decode("ascii", "replace")
    if told.get("coding") == b"2" or charset.upper() == "UTF-16BE":
        return told.get("udh"), data, data.decode("utf-16-be", "replace")
    if charset.upper() not in CHARSETS:
        # Kannel calls octets of unknown meaning «8-BIT».
        return told.get("udh"), octets.wide(data), octets.text_of(data)
    text = data.decode(charset, "replace")
    return told.get("udh"), text.encode("utf-16-be"), text


def _report(account: str, named: str, told: Told, now: datetime) -> list[Received]:
    status = _word(told, "status")
    reply = told.get("reply").decode("utf-8", "replace")
    state: reasons.State = "sent"
    reason = ""
    if status == str(DELIVERED):
        state = "delivered"
    elif status in {str(FAILED), str(REFUSED)}:
        state, reason = "failed", _reason(reply)
    elif status not in {str(BUFFERED), str(TAKEN)}:
        return []
    return [
        DeliveryReport(
            key=named,
            account=account,
            at=_at(told, now),
            state=state,
            out=_word(told, "out"),
            reason=reason,
        )
    ]


def _reason(reply: str) -> str:
    """«NACK/0x0000000b/Invalid Destination Address», or a centre's own receipt."""
    if found := reasons.receipt(reply):
        return found.reason or "undelivered"
    status = reply.removeprefix("NACK/").partition("/")[0]
    try:
        return reasons.of_status(int(status, 16)) if reply.startswith("NACK/") else "undelivered"
    except ValueError:
        return "refused"


def _word(told: Told, name: str) -> str:
    """A short field that must be there."""
    try:
        word = told.get(name).decode().strip()
    except UnicodeDecodeError:
        word = ""
    if not 0 < len(word) <= MAX_ID or not word.isprintable():
        raise Malformed(f"`{name}` is missing or unreadable")
    return word


def _at(told: Told, now: datetime) -> datetime:
    """`%T`: seconds since 1970, as the centre says; not believed where it cannot be."""
    said = told.get("ts")
    if not said.isdigit() or len(said) > 11:
        return now
    at = datetime.fromtimestamp(int(said), UTC)
    return at if EARLIEST <= at <= now + AHEAD else now


def asked(text: str, to: str, account: Mapping[str, str], report: str) -> str:
    """The query of sendsms. `account`: username, password, sender, smsc; `report`: where Kannel
    tells of the message's fate, none where nobody waits for that."""
    query = {
        "username": account["username"],
        "password": account["password"],
        "to": to,
        "text": text,
        "charset": "UTF-8",
        "coding": "0" if coding_of(text) == "gsm7" else "2",
    }
    if account.get("sender"):
        query["from"] = account["sender"]
    if account.get("smsc"):
        query["smsc"] = account["smsc"]
    if report:
        query["dlr-mask"] = str(MASK)
        query["dlr-url"] = report
    return urlencode(query)
