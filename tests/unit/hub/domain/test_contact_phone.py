"""A number that wrote by itself is the contact's phone, unless staff wrote another one."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.domain.contact import Contact
from hub.domain.message import Address, Identity, Sender

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
PHONE = Identity("phone", "+79161234567")
BY_SMS = Address("sms", "kannel", PHONE.value, PHONE.key, f"sms:{PHONE.value}")


def stranger() -> Contact:
    return Contact(id="c", created_at=NOW, updated_at=NOW)


def test_the_number_is_proven_and_shown() -> None:
    contact = stranger()
    assert contact.meet(Sender(identity=PHONE), BY_SMS, NOW)
    assert contact.phone == PHONE.value
    assert contact.verified == [PHONE.key]


def test_what_staff_wrote_stays() -> None:
    contact = stranger()
    contact.edit({"phone": "+78142000000"}, NOW)
    contact.meet(Sender(identity=PHONE), BY_SMS, NOW)
    assert contact.phone == "+78142000000"


def test_a_name_is_no_phone() -> None:
    contact = stranger()
    bank = Identity("external", "sms:sberbank", "sms")
    nowhere = Address("sms", "kannel", "", bank.key, "sms:sms:sberbank")
    contact.meet(Sender(identity=bank, name="Sberbank"), nowhere, NOW)
    assert (contact.phone, contact.name) == ("", "Sberbank")
