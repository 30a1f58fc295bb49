"""Names that only we can have made: plus addresses and Message-IDs."""

from __future__ import annotations

import pytest

from channels.email.names import Names, Ours
from hub.domain.message import Address, Outbound

NAMES = Names(b"one house", "case@uk.example")
TO = Address("office", "email", "inna@mail.example", "email:inna@mail.example", "x")


def token(address: str) -> str:
    return address.partition("+")[2].partition("@")[0]


def out(id: str, case: int = 77) -> Outbound:
    return Outbound(id=id, to=TO, text="", case=case)


def test_a_plus_address_says_which_case_or_which_answer_of_it() -> None:
    assert NAMES.read_plus(token(NAMES.plus(77))) == Ours(77)
    assert NAMES.read_plus(token(NAMES.plus(77, "77-3"))) == Ours(77, "77-3")
    assert NAMES.read_plus(token(NAMES.plus(77, "77-accepted"))) == Ours(77)


def test_servers_may_write_it_in_capitals() -> None:
    assert NAMES.read_plus(token(NAMES.plus(77, "77-3")).upper()) == Ours(77, "77-3")


@pytest.mark.parametrize("other", [b"another house", b""])
def test_nobody_elses_name_is_ours(other: bytes) -> None:
    strange = Names(other, "case@uk.example")
    assert NAMES.read_plus(token(strange.plus(77))) is None
    assert NAMES.read_id(strange.message_id(out("77-3"))) is None


@pytest.mark.parametrize(
    "said",
    ["", "77", "77-", "77-aaaaaaaaaa", "-aaaaaaaaaa", "7" * 40 + "-aaaaaaaaaa", "٧-aaaaaaaaaa"],
)
def test_what_is_no_name_of_ours_opens_nothing(said: str) -> None:
    assert NAMES.read_plus(said) is None


def test_a_signature_of_one_case_is_none_of_another() -> None:
    sign = token(NAMES.plus(77)).partition("-")[2]
    assert NAMES.read_plus(f"78-{sign}") is None
    assert NAMES.read_plus(f"77.3-{sign}") is None


@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("77-3", Ours(77, "77-3")),
        ("77-accepted", Ours(77)),
        ("77-status-4", Ours(77)),
        ("closed:77:202611221030", Ours(77)),
    ],
)
def test_a_message_id_is_stable_and_says_what_it_was(id: str, expected: Ours) -> None:
    made = NAMES.message_id(out(id))
    assert made == NAMES.message_id(out(id))
    assert made.endswith("@uk.example")
    assert NAMES.read_id(f"<{made}>") == expected


def test_what_belongs_to_no_case_is_known_as_ours_all_the_same() -> None:
    assert NAMES.read_id(NAMES.message_id(out("welcome:5", 0))) == Ours(0)


@pytest.mark.parametrize("address", ["case@uk.example", "Case+77-abc@UK.example"])
def test_our_mailbox_is_known_whatever_stands_behind_a_plus(address: str) -> None:
    assert NAMES.is_ours(address)
    assert not NAMES.is_ours("case2@uk.example")
