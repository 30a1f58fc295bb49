"""PDUs of SMPP 3.4 (specification issue 1.2, chapters 3 to 5), as far as this channel speaks it.

Every field is read within its bounds: what is broken off or too long raises Broken.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import msgspec

BIND_RECEIVER, BIND_TRANSMITTER, BIND_TRANSCEIVER = 0x01, 0x02, 0x09
SUBMIT_SM, DELIVER_SM, UNBIND, ENQUIRE_LINK = 0x04, 0x05, 0x06, 0x15
DATA_SM, ALERT, OUTBIND = 0x103, 0x102, 0x0B
GENERIC_NACK, RESPONSE = 0x80000000, 0x80000000

OK, INVALID_COMMAND, SYSTEM_ERROR = 0x00, 0x03, 0x08
ALREADY_BOUND, BIND_FAILED, INVALID_PASSWORD, INVALID_SYSTEM_ID = 0x05, 0x0D, 0x0E, 0x0F
RETRY_LATER = 0x64
"""ESME_RX_T_APPN: not taken now, deliver again."""

SAR_REF, SAR_TOTAL, SAR_INDEX = 0x020C, 0x020E, 0x020F
PAYLOAD, RECEIPTED_ID, MESSAGE_STATE = 0x0424, 0x001E, 0x0427

UDHI, RECEIPT, NOTIFICATION, KIND = 0x40, 0x04, 0x20, 0x3C

HEADER = struct.Struct(">IIII")
LONGEST = 70_000
"""Octets of a PDU: a message_payload may hold 64 KiB."""


class Broken(Exception):
    """What came is no PDU."""


class Pdu(NamedTuple):
    """One PDU; `body` without its header."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    def encode(self) -> bytes:
        """As it goes over the wire."""
        length = HEADER.size + len(self.body)
        return HEADER.pack(length, self.command, self.status, self.sequence) + self.body


class Message(msgspec.Struct, kw_only=True):
    """A submit_sm or deliver_sm. Addresses as they are said, `tlvs` by tag."""

    source: str
    source_ton: int = 0
    source_npi: int = 0
    to: str
    to_ton: int = 0
    to_npi: int = 0
    esm: int = 0
    dcs: int = 0
    wants: int = 0
    data: bytes = b""
    tlvs: dict[int, bytes] = {}

    @property
    def words(self) -> bytes:
        """The user data, wherever it stands."""
        return self.data or self.tlvs.get(PAYLOAD, b"")


def decode(data: bytes) -> Pdu:
    """One whole PDU."""
    if len(data) < HEADER.size:
        raise Broken("header")
    length, command, status, sequence = HEADER.unpack_from(data)
    if length != len(data):
        raise Broken("length")
    return Pdu(command, status, sequence, data[HEADER.size :])


def bind(system_id: str, password: str) -> bytes:
    """The body of a bind: version 3.4, no type, any address. Centres give out passwords that are
    longer than the specification has room for."""
    return b"%b%b\x00\x34\x00\x00\x00" % (_cstring(system_id, 65), _cstring(password, 65))


def message(body: bytes) -> Message:
    """Read the body of a submit_sm or deliver_sm."""
    reader = _Reader(body)
    reader.cstring()
    source_ton, source_npi, source = reader.octet(), reader.octet(), reader.cstring()
    to_ton, to_npi, to = reader.octet(), reader.octet(), reader.cstring()
    esm = reader.octet()
    reader.take(2)
    reader.cstring()
    reader.cstring()
    wants, _, dcs, _ = (reader.octet() for _ in range(4))
    data = reader.take(reader.octet())
    tlvs: dict[int, bytes] = {}
    while reader.left:
        tag, length = struct.unpack(">HH", reader.take(4))
        tlvs[tag] = reader.take(length)
    return Message(
        source=source,
        source_ton=source_ton,
        source_npi=source_npi,
        to=to,
        to_ton=to_ton,
        to_npi=to_npi,
        esm=esm,
        dcs=dcs,
        wants=wants,
        data=data,
        tlvs=tlvs,
    )


def written(said: Message) -> bytes:
    """The body of a submit_sm or deliver_sm."""
    head = b"\x00%c%c%b%c%c%b" % (
        said.source_ton,
        said.source_npi,
        _cstring(said.source, 21),
        said.to_ton,
        said.to_npi,
        _cstring(said.to, 21),
    )
    flags = bytes((said.esm, 0, 0, 0, 0, said.wants, 0, said.dcs, 0, len(said.data)))
    tlvs = b"".join(struct.pack(">HH", tag, len(value)) + value for tag, value in said.tlvs.items())
    return head + flags + said.data + tlvs


def cstring(body: bytes) -> str:
    """The text before the first NUL: the id in a submit_sm_resp."""
    return body.partition(b"\0")[0].decode("latin-1").strip()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise Broken("broken off")
        self._at += count
        return self._data[self._at - count : self._at]

    def octet(self) -> int:
        return self.take(1)[0]

    def cstring(self) -> str:
        end = self._data.find(b"\0", self._at)
        if end < 0 or end - self._at > 64:
            raise Broken("text without an end")
        text = self._data[self._at : end].decode("latin-1")
        self._at = end + 1
        return text


def _cstring(text: str, size: int) -> bytes:
    return text.encode("latin-1", "replace")[: size - 1] + b"\0"
