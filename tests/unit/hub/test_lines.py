"""The setting `lines` of a telephone exchange's account."""

from __future__ import annotations

import pytest

from hub.lines import lines_of
from hub.ports.channel_build import Account, BadAccount


def account(lines: object) -> Account:
    return Account(id="pbx", kind="any", options={"lines": lines})


def test_numbers_are_known_however_they_are_written() -> None:
    told = {"8 (495) 123-45-67": "water", "74957654321": "lifts", "1001": "office"}
    assert lines_of(account(told)) == {
        "+74951234567": "water",
        "+74957654321": "lifts",
        "1001": "office",
    }


def test_lines_may_be_left_out() -> None:
    assert lines_of(Account(id="pbx", kind="any")) == {}


@pytest.mark.parametrize("told", ["+74951234567", ["+74951234567"], {"+74951234567": 3}])
def test_what_is_no_table_of_groups_is_refused_by_name(told: object) -> None:
    with pytest.raises(BadAccount) as refused:
        lines_of(account(told))
    assert refused.value.key == "lines"
