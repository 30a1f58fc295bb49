"""PDUs, codings and the spellings of ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.smpp import pdu, submitting, wire
from channels.smpp.pdu import Broken, Message, Pdu
from hub.domain.message import Address, Outbound

TO = Address("sms", "smpp", "+79161234567", "phone:+79161234567", "sms:+79161234567")

octets = st.integers(0, 255)
names = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


@given(
    st.builds(
        Message,
        source=names,
        source_ton=octets,
        source_npi=octets,
        to=names,
        to_ton=octets,
        to_npi=octets,
        esm=octets,
        dcs=octets,
        wants=octets,
        data=st.binary(max_size=255),
        tlvs=st.dictionaries(st.integers(0, 0xFFFF), st.binary(max_size=300), max_size=4),
    ),
    octets,
)
def test_what_we_write_is_what_we_read(said: Message, sequence: int) -> None:
    data = Pdu(pdu.SUBMIT_SM, 0, sequence, pdu.written(said)).encode()
    assert pdu.message(pdu.decode(data).body) == said


@given(st.binary(max_size=300))
def test_broken_octets_are_named_so(data: bytes) -> None:
    try:
        pdu.message(data)
    except Broken:
        return


@pytest.mark.parametrize(
    ("data", "dcs", "text"),
    [
        ("Нет воды".encode("utf-16-be"), 8, "Нет воды"),
        (b"Hello, user@dom.ru [1]", 0, "Hello, user@dom.ru [1]"),
        (b"user\x00dom.ru", 0, "user@dom.ru"),
        (b"100 \x1b\x65", 0, "100 €"),
        ("Лифт".encode("cp1251"), 0, "Лифт"),
        ("Лифт".encode("cp1251"), 3, "Лифт"),
        ("Лифт стоит".encode("utf-16-be"), 0, "Лифт стоит"),
        ("Темно".encode("iso8859-5"), 6, "Темно"),
        ("Да".encode("utf-16-be"), 0x18, "Да"),
        ("Да!".encode("utf-16-be"), 0xE0, "Да!"),
        (b"flash", 0xF0, "flash"),
        ("Лифт".encode("cp1251"), 0xF4, "Лифт"),
        (b"", 0, ""),
    ],
)
def test_every_coding_is_read_as_what_it_can_be(data: bytes, dcs: int, text: str) -> None:
    half, found = wire.words(data, dcs)
    assert found == text
    assert half.decode("utf-16-be") == text


@given(st.binary(max_size=200), octets)
def test_no_octets_break_it(data: bytes, dcs: int) -> None:
    _, text = wire.words(data, dcs)
    text.encode()


@pytest.mark.parametrize(
    ("said", "told"),
    [("1001", "1001"), ("3E9", "1001"), ("1001", "3e9"), ("000003E9", "1001"), ("00F1", "241")],
)
def test_an_id_is_found_however_it_is_spelled(said: str, told: str) -> None:
    kept = wire.external_id(said, "79161234567")
    assert kept in [f"{one}@79161234567" for one in wire.spell(told)]


def test_a_number_of_another_recipient_is_another_name() -> None:
    assert wire.external_id("10", "79161234567") != wire.external_id("10", "79161234568")


def out(text: str) -> Outbound:
    return Outbound(id="12-3", to=TO, text=text)


@pytest.mark.parametrize(
    ("sender", "ton"), [("UKDOM", 5), ("1234", 3), ("79161112233", 1), ("", 0)]
)
def test_a_sender_says_what_it_is(sender: str, ton: int) -> None:
    (part,) = submitting.messages(out("Hi"), "Hi", sender, payload=False)
    assert part.source_ton == ton
    assert (part.to, part.to_ton, part.to_npi) == ("79161234567", 1, 1)


def test_parts_of_one_answer_share_a_number_and_each_fits() -> None:
    text = "ы" * 200
    parts = submitting.messages(out(text), text, "UKDOM", payload=False)
    assert [part.data[3:6] for part in parts] == [
        bytes((parts[0].data[3], 3, at)) for at in (1, 2, 3)
    ]
    assert all(len(part.data) <= 140 for part in parts)
    again = submitting.messages(out(text), text, "UKDOM", payload=False)
    assert again == parts


def test_a_text_that_fits_needs_no_payload() -> None:
    (part,) = submitting.messages(out("ы" * 70), "ы" * 70, "UKDOM", payload=True)
    assert (len(part.data), part.tlvs) == (140, {})
    (part,) = submitting.messages(out("ы" * 71), "ы" * 71, "UKDOM", payload=True)
    assert (part.data, len(part.tlvs[pdu.PAYLOAD])) == (b"", 142)
