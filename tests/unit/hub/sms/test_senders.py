"""Numbers, names and services."""

from __future__ import annotations

import pytest

from hub.sms import octets, reasons
from hub.sms.senders import phone_of, sent_by


@pytest.mark.parametrize(
    ("said", "phone"),
    [
        ("+79161234567", "+79161234567"),
        ("79161234567", "+79161234567"),
        ("89161234567", "+79161234567"),
        ("9161234567", "+79161234567"),
        ("375291234567", "+375291234567"),
        ("+375291234567", "+375291234567"),
        ("84951234567", "+74951234567"),
        ("8 (916) 123-45-67", "+79161234567"),
        ("+7 916 123 45 67", "+79161234567"),
        ("900", ""),
        ("7733", ""),
        ("123456", ""),
        ("1234567", ""),
        ("Sberbank", ""),
        ("+", ""),
        ("", ""),
        ("٧٩١٦١٢٣٤٥٦٧", ""),
    ],
)
def test_a_number_is_told_from_a_name(said: str, phone: str) -> None:
    assert phone_of(said) == phone


def test_the_network_vouches_for_numbers_alone() -> None:
    identity, address = sent_by("sms", "kannel", "79161234567")
    assert (identity.key, address.to) == ("phone:+79161234567", "+79161234567")
    identity, address = sent_by("sms", "kannel", "Sberbank")
    assert (identity.key, address.to) == ("external:sms:sms:sberbank", "")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Лифт".encode("cp1251"), "Лифт"),
        ("Лифт".encode(), "Лифт"),
        ("Лифт стоит №2".encode("utf-16-be"), "Лифт стоит №2"),
        (b"Hello, world", "Hello, world"),
        (b"", ""),
    ],
)
def test_octets_speak_for_themselves(data: bytes, text: str) -> None:
    assert octets.text_of(data) == text


def test_a_receipt() -> None:
    said = "id:00A1 sub:001 dlvrd:000 submit date:2611 done date:2611 stat:EXPIRED err:001 text:a"
    assert reasons.receipt(said) == reasons.Report("00A1", "failed", "expired")
    assert reasons.receipt("Здравствуйте, id: нет") is None
    assert reasons.of_state("DELIVRD") == ("delivered", "")
    assert reasons.of_state("NEWWORD") == ("sent", "")
