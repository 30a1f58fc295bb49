"""What vendors over HTTP share: forms in any charset, texts as they leave."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.message import Address, Identity, Outbound, Rejected
from hub.ports.channel_build import Account, BadAccount
from hub.sms import forms
from hub.sms.vendor import Texts, base, digits

words = st.text(st.characters(blacklist_categories=["Cs"]), max_size=60)


@given(st.dictionaries(words.filter(bool), words, max_size=6))
def test_a_posted_form_is_read_as_it_was_written(told: dict[str, str]) -> None:
    assert forms.fields(urlencode(told).encode()) == told


@given(st.binary(max_size=300))
def test_any_bytes_are_read_somehow(said: bytes) -> None:
    for name, value in forms.fields(said).items():
        (name + value).encode()


def test_windows_1251_is_read_where_it_is_no_utf_8() -> None:
    said = "mes=" + "".join(f"%{byte:02X}" for byte in "Нет воды".encode("cp1251"))
    assert forms.fields(said.encode()) == {"mes": "Нет воды"}


def test_the_first_of_a_name_counts() -> None:
    assert forms.fields(b"key=a&key=b&bare&x=") == {"key": "a", "bare": "", "x": ""}
    assert forms.without("a=1&key=secret&b=2", frozenset({"key"})) == "a=1&b=2"


def texts(**options: object) -> Texts:
    account = Account(id="sms", kind="smsc_ru", options=options)
    return Texts(account, "smsc_ru", 2, two_way=True)


def out(text: str, to: str = "+79161234567") -> Outbound:
    return Outbound(id="1-2", to=Address("sms", "smsc_ru", to, "phone:x", "c"), text=text)


def test_as_many_parts_as_the_account_may_send() -> None:
    assert texts().of(out("я" * 134)) == "я" * 134
    assert texts().of(out("я" * 135)) == Rejected("too_long")
    # In Latin letters the same fits.
    said = texts(transliterate="true").of(out("я" * 135))
    assert isinstance(said, str)
    assert texts().of(out(" \n")) == Rejected("refused", "no words")
    assert texts().of(out("да", to="")) == Rejected("no_reply", gone=True)


def test_a_phone_can_be_written_to_first() -> None:
    address = texts().reach(Identity("phone", "+79161234567"))
    assert address == Address(
        "sms", "smsc_ru", "+79161234567", "phone:+79161234567", "sms:+79161234567"
    )
    assert texts().reach(Identity("email", "a@example.org")) is None
    assert digits("+79161234567") == "79161234567"


def test_an_address_of_the_vendor_that_is_none_is_named() -> None:
    with pytest.raises(BadAccount, match="api"):
        base(Account(id="sms", kind="smsc_ru", options={"api": "smsc.ru"}), "https://smsc.ru")
    account = Account(id="sms", kind="smsc_ru", options={"api": "http://x/"})
    assert base(account, "") == "http://x"
