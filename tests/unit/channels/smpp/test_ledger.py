"""Repeats of a centre, and residents who say a thing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from channels.smpp import pdu
from channels.smpp.ledger import Ledger
from channels.smpp.pdu import Message, Pdu

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
STRETCH = 1


def said(text: str, sequence: int = 1) -> Pdu:
    body = pdu.written(Message(source="79161234567", to="1234", data=text.encode()))
    return Pdu(pdu.DELIVER_SM, 0, sequence, body)


def begun() -> Ledger:
    ledger = Ledger()
    ledger.begin()
    return ledger


def test_the_same_words_on_the_same_connection_are_said_twice() -> None:
    ledger = begun()
    first = ledger.name(said("Da", 1), NOW, STRETCH)
    ledger.confirm(first)
    assert ledger.name(said("Da", 2), NOW, STRETCH) != first


def test_what_was_not_confirmed_comes_again_under_its_name() -> None:
    ledger = begun()
    first = ledger.name(said("Da", 1), NOW, STRETCH)
    assert ledger.name(said("Da", 2), NOW + timedelta(minutes=6), STRETCH + 1) == first


def test_what_was_confirmed_before_the_connection_broke_is_a_repeat() -> None:
    """The centre did not hear our answer."""
    ledger = begun()
    first = ledger.name(said("Da", 1), NOW, STRETCH)
    ledger.confirm(first)
    second = ledger.name(said("Da", 2), NOW, STRETCH)
    ledger.confirm(second)
    ledger.begin()
    assert ledger.name(said("Da", 1), NOW, STRETCH) == second
    ledger.confirm(second)
    assert ledger.name(said("Da", 2), NOW, STRETCH) not in {first, second}


def test_a_hub_that_was_killed_knows_what_comes_again_soon() -> None:
    assert begun().name(said("Da", 1), NOW, STRETCH) == begun().name(said("Da", 9), NOW, STRETCH)


def test_the_same_words_much_later_are_news() -> None:
    ledger = begun()
    first = ledger.name(said("Da"), NOW, STRETCH)
    assert ledger.name(said("Da"), NOW + timedelta(hours=1), STRETCH + 1) != first


def test_other_words_have_another_name() -> None:
    ledger = begun()
    assert ledger.name(said("Da"), NOW, STRETCH) != ledger.name(said("Net"), NOW, STRETCH)
