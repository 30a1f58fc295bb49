"""What a centre delivers ↔ what the hub understands. Pure.

Source: SMPP 3.4 (4.6 deliver_sm, 5.2.12 esm_class, 5.2.19 data_coding, appendix B receipts); odd
ways of centres as seen on the SMPP simulator smpp34 1.5.0 and told in the README.
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from channels.smpp import pdu
from channels.smpp.pdu import Message
from hub.domain.message import DeliveryReport, Fragment, Inbound, Received, Sender
from hub.ports.channel import Key, Malformed, RawRequest, Unreadable
from hub.sms import alphabet, octets, reasons, udh
from hub.sms.reasons import State
from hub.sms.senders import phone_of, sent_by
from hub.sms.udh import Place

CHANNEL = "smpp"
LONGEST_ID = 20
"""Digits of an id that may be another spelling of a number."""
HEX = re.compile(r"[0-9a-f]+")
STATES: dict[int, tuple[State, str]] = {
    1: ("sent", ""),
    2: ("delivered", ""),
    3: ("failed", "expired"),
    4: ("failed", "undelivered"),
    5: ("failed", "undelivered"),
    6: ("sent", ""),
    7: ("failed", "undelivered"),
    8: ("failed", "rejected"),
}


class Row(msgspec.Struct):
    """What is kept of a delivery: the name that we gave it, and the PDU as it came, in hex."""

    id: str
    pdu: str


def kept(account: str, name: str, data: bytes, now: datetime) -> RawRequest:
    """A delivery as the inbox takes it."""
    body = msgspec.json.encode(Row(name, data.hex()))
    return RawRequest(account=account, method="POLL", body=body, received_at=now)


def row(raw: RawRequest) -> Row:
    """Raises Malformed."""
    try:
        found = msgspec.json.decode(raw.body, type=Row)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from None
    if not 0 < len(found.id) <= 100 or not found.id.isprintable():
        raise Malformed("`id` is none")
    return found


def message(row: Row) -> Message:
    """Raises Unreadable."""
    try:
        return pdu.message(pdu.decode(bytes.fromhex(row.pdu)).body)
    except (pdu.Broken, ValueError) as error:
        raise Unreadable(str(error)) from None


def key(account: str, row: Row) -> Key:
    """Our own name of the delivery; the lane is who wrote. What cannot be read is kept as well."""
    try:
        said = message(row)
    except Unreadable:
        return Key(row.id, f"{account}:unread")
    if is_receipt(said):
        return Key(row.id, f"{account}:dlr:{_number(said.source)}")
    return Key(row.id, sent_by(account, CHANNEL, said.source)[1].conversation)


def received(account: str, row: Row, now: datetime) -> list[Received]:
    """What one delivery says. Raises Unreadable."""
    said = message(row)
    name = f"{account}:{row.id}"
    if is_receipt(said):
        return [_report(account, name, said, now)]
    identity, address = sent_by(account, CHANNEL, said.source)
    place, data = _placed(said)
    half, text = words(data, said.dcs)
    found = Inbound(
        key=name,
        account=account,
        channel=CHANNEL,
        conversation=address.conversation,
        sender=Sender(identity=identity, name="" if address.to else said.source.strip()),
        reply_to=address,
        text=text,
        sent_at=now,
        external_id=row.id,
        automatic=not address.to,
    )
    if place is None or place.total == 1:
        return [found]
    return [
        Fragment(
            key=name,
            account=account,
            ref=f"{address.conversation}>{said.to}:{place.ref}:{place.total}",
            total=place.total,
            index=place.index,
            half=half,
            message=found,
        )
    ]


def is_receipt(said: Message) -> bool:
    """By the class of the message. Words that look like a receipt are no proof of one."""
    kind = said.esm & pdu.KIND
    return kind in {pdu.RECEIPT, pdu.NOTIFICATION} or pdu.RECEIPTED_ID in said.tlvs


def _placed(said: Message) -> tuple[Place | None, bytes]:
    """Which part it is, and its words without a header."""
    data, header = said.words, b""
    if said.esm & pdu.UDHI:
        header, data = udh.take_off(data)
    if place := udh.place(header):
        return place, data
    numbers = [
        int.from_bytes(said.tlvs.get(tag, b""), "big")
        for tag in (pdu.SAR_REF, pdu.SAR_TOTAL, pdu.SAR_INDEX)
    ]
    place = Place(*numbers)
    return (place if pdu.SAR_TOTAL in said.tlvs and place.sound else None), data


def words(data: bytes, dcs: int) -> tuple[bytes, str]:
    """User data as UTF-16BE and as text."""
    coding = _coding(dcs)
    if coding == "ucs2":
        return data, data.decode("utf-16-be", "replace")
    if coding == "iso5":
        text = data.decode("iso8859-5", "replace")
    elif coding == "gsm" and max(data, default=0) < 0x80 and not _wide(data):
        text = _default(data)
    else:
        return octets.wide(data), octets.text_of(data)
    return text.encode("utf-16-be"), text


def _coding(dcs: int) -> str:
    """Which alphabet a data coding names; centres use those of SMPP and of GSM 03.38 alike."""
    if dcs in {2, 3, 4}:
        return "octets"
    if dcs in {0, 1, 6, 8}:
        return {0: "gsm", 1: "gsm", 6: "iso5", 8: "ucs2"}[dcs]
    group = dcs & 0xF0
    if group == 0xF0:
        return "octets" if dcs & 0x04 else "gsm"
    if group in {0xC0, 0xD0}:
        return "gsm"
    if group == 0xE0:
        return "ucs2"
    if 0x10 <= dcs < 0x40:
        return ("gsm", "octets", "ucs2", "octets")[(dcs >> 2) & 3]
    return "octets"


def _wide(data: bytes) -> bool:
    """Russian in UTF-16BE under the coding of Latin: it has octets that no Latin text has."""
    return 0x04 in data[0::2] and octets.looks_wide(data)


def _default(data: bytes) -> str:
    """The default alphabet is GSM 03.38 by the book and ASCII at many centres: only the first has
    characters below the space (the at sign among them)."""
    if any(code < 0x20 and code not in b"\r\n\t" for code in data):
        return alphabet.decode(data)
    return data.decode("ascii", "replace")


def _report(account: str, name: str, said: Message, now: datetime) -> DeliveryReport:
    text = said.words.decode("latin-1")
    told = reasons.receipt(text)
    ids = [pdu.cstring(said.tlvs[pdu.RECEIPTED_ID])] if pdu.RECEIPTED_ID in said.tlvs else []
    state = STATES.get(int.from_bytes(said.tlvs.get(pdu.MESSAGE_STATE, b""), "big"))
    if told is not None:
        ids.append(told.id)
        state = (told.state, told.reason)
    if not ids or state is None:
        raise Unreadable("a receipt without an id or a state")
    spelled = [
        f"{one}@{_number(who)}" for who in (said.source, said.to) for id in ids for one in spell(id)
    ]
    first, *others = dict.fromkeys(spelled)
    return DeliveryReport(
        key=name,
        account=account,
        at=now,
        state=state[0],
        reason=state[1],
        external_id=first,
        aliases=tuple(others),
    )


def external_id(id: str, to: str) -> str:
    """How a submitted message is called: the recipient's number keeps ids apart that are spelled
    alike in one base and mean others in the other."""
    return f"{spell(id)[0]}@{_number(to)}"


def spell(id: str) -> list[str]:
    """The spellings of an id: centres give it in hex and receipt it in decimal, or the other way
    round, with zeros before it or without."""
    plain = id.strip().lower().lstrip("0") or "0"
    found = [plain]
    if len(plain) <= LONGEST_ID and plain.isascii():
        if plain.isdigit():
            found.append(f"{int(plain):x}")
        if HEX.fullmatch(plain):
            found.append(str(int(plain, 16)))
    return list(dict.fromkeys(found))


def _number(said: str) -> str:
    return (phone_of(said) or said.strip()).removeprefix("+").lower()
