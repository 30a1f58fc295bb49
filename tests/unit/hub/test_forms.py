"""Posted forms."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import forms
from hub.ports.channel import Malformed


def test_a_form_is_read_byte_for_byte() -> None:
    assert forms.raw_fields(b"a=%D0%B0+b&json=%7B%22x%22%3A+1%7D&empty=&alone&bad=%FF%zz") == {
        "a": "а b".encode(),
        "json": b'{"x": 1}',
        "empty": b"",
        "alone": b"",
        "bad": b"\xff%zz",
    }
    assert forms.fields(b"bad=%FF")["bad"] == "\ufffd"


def test_the_first_of_two_values_counts() -> None:
    assert forms.fields(b"token=mine&token=other") == {"token": "mine"}


def test_a_form_of_countless_fields_is_refused() -> None:
    with pytest.raises(Malformed):
        forms.fields(b"&".join(b"a%d=1" % number for number in range(5000)))


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=8))
def test_it_reads_what_others_write_and_writes_what_others_read(told: dict[str, str]) -> None:
    assert forms.fields(urlencode(told).encode()) == told
    assert dict(parse_qsl(forms.encode(told).decode(), keep_blank_values=True)) == told


@given(st.binary(max_size=300))
def test_anything_is_a_form(body: bytes) -> None:
    read = forms.raw_fields(body)
    assert forms.raw_fields(forms.encode(read)) == {
        name.encode().decode("utf-8", "replace"): value for name, value in read.items()
    }
