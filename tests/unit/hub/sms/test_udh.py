"""Headers of parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sms import udh
from hub.sms.udh import Place


@pytest.mark.parametrize(
    ("header", "place"),
    [
        ("0500032a0301", Place(0x2A, 3, 1)),
        ("060804012a0302", Place(0x12A, 3, 2)),
        ("0b05040b8423f000032a0201", Place(0x2A, 2, 1)),
        ("06050423f40000", None),
        ("0500032a0300", None),
        ("0500032a0304", None),
        ("0500032a0001", None),
        ("0500", None),
        ("", None),
        ("ff", None),
    ],
)
def test_a_header_says_which_part(header: str, place: Place | None) -> None:
    assert udh.place(bytes.fromhex(header)) == place


@given(ref=st.integers(0, 255), total=st.integers(1, 255), data=st.data())
def test_what_we_write_is_what_we_read(ref: int, total: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(1, total))
    written = udh.header(ref, total, index)
    assert udh.take_off(written + b"abc") == (written, b"abc")
    assert udh.place(written) == Place(ref, total, index)


@given(st.binary(max_size=200))
def test_nothing_breaks_it(data: bytes) -> None:
    header, rest = udh.take_off(data)
    assert header + rest == data
    udh.place(data)
