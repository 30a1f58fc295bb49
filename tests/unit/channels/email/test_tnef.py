"""winmail.dat is opened; broken and hostile ones stay a file and cost no time."""

from __future__ import annotations

import struct

import pytest
import tnefparse
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.wire.mail import read
from channels.email.wire.tnef import unpack
from tests.corpora.mail.building import mixed, part


def thing(level: int, name: int, data: bytes, kind: int = 6) -> bytes:
    return (
        struct.pack("<BHHI", level, name, kind, len(data))
        + data
        + struct.pack("<H", sum(data) & 0xFFFF)
    )


def prop(number: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<HHII", kind, number, 1, len(data)) + data + b"\0" * (-len(data) % 4)


def props(*held: bytes) -> bytes:
    return struct.pack("<I", len(held)) + b"".join(held)


def packed(*things: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\0" + b"".join(things)


LONG = "Смета на ремонт.xlsx"
PACK = packed(
    thing(1, 0x9006, b"\0\0\x01\0"),
    thing(1, 0x9007, struct.pack("<II", 1251, 0)),
    thing(1, 0x9003, props(prop(0x1000, 30, "Смета во вложении".encode("cp1251") + b"\0"))),
    thing(2, 0x9002, b"\x01\0" + b"\xff" * 12),
    thing(2, 0x8010, b"SMETA~1.XLS\0", 1),
    thing(2, 0x800F, b"cells"),
    thing(2, 0x9005, props(prop(0x3707, 31, (LONG + "\0").encode("utf-16-le")))),
    thing(2, 0x9002, b"\x01\0" + b"\xff" * 12),
    thing(2, 0x8010, "план.pdf".encode("cp1251") + b"\0", 1),
    thing(2, 0x800F, b"%PDF"),
)


def test_files_and_words() -> None:
    found = unpack(PACK, 1)
    assert found is not None
    assert [(one.name, one.data) for one in found.files] == [
        (LONG, b"cells"),
        ("план.pdf", b"%PDF"),
    ]
    assert found.text == "Смета во вложении"


def test_an_independent_reader_sees_the_same() -> None:
    """So that our packs are such packs."""
    judge = tnefparse.TNEF(PACK)
    assert [bytes(one.data) for one in judge.attachments] == [b"cells", b"%PDF"]


@pytest.mark.parametrize(
    "kind", ["application/ms-tnef", "application/octet-stream; name=winmail.dat"]
)
def test_within_a_mail(kind: str) -> None:
    mail = read(mixed(part("text/plain", b" \r\n"), part(kind, PACK, encode=True)))
    assert [one.name for one in mail.files] == [LONG, "план.pdf"]
    assert mail.text == "Смета во вложении"


def test_broken_one_stays_a_file() -> None:
    mail = read(mixed(part("application/ms-tnef; name=winmail.dat", b"xxxx", encode=True)))
    assert [one.name for one in mail.files] == ["winmail.dat"]
    assert mail.problems == ("tnef_broken",)


@pytest.mark.parametrize("at", range(0, len(PACK), 7))
def test_cut_off_anywhere(at: int) -> None:
    found = unpack(PACK[:at], 1)
    assert found is None or len(found.files) <= 2


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(PACK)))
def test_any_bytes(data: bytes, at: int) -> None:
    unpack(PACK[:at] + data + PACK[at + len(data) :], 1)
    unpack(packed(thing(1, 0x9003, data), thing(2, 0x9002, b""), thing(2, 0x9005, data)), 1)
