"""Names that residents' doings get: nobody's can be taken for another's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.app import wire
from hub.domain.message import Inbound
from hub.ports.channel import Malformed
from hub.ports.residentapp import AppResident

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
RESIDENTS = st.text(min_size=1, max_size=255)


def said(body: bytes, resident: str, *, ours: bool = False) -> Inbound:
    (one,) = wire.understood("app", AppResident(id=resident), wire.read(body, ours=ours), NOW)
    assert isinstance(one, Inbound)
    return one


@given(RESIDENTS, RESIDENTS)
def test_two_residents_never_share_a_name(one: str, other: str) -> None:
    first = said(b'{"type":"message","id":"m","text":"a"}', one)
    second = said(b'{"type":"message","id":"m","text":"a"}', other)
    assert (first.conversation == second.conversation) == (one == other)
    assert (first.key == second.key) == (one == other)
    assert first.conversation.count(":") == 1
    assert "/" not in first.conversation


def test_a_thread_stays_below_its_resident() -> None:
    body = b'{"type":"message","id":"m","text":"a","thread":"t1"}'
    assert said(body, "a/b").conversation == "app:a%2Fb/t1"
    for odd in (b"../x", b"a/b", b"a:b", b"", b"a\\n"):
        with pytest.raises(Malformed):
            wire.read(b'{"type":"message","id":"m","text":"a","thread":"%b"}' % odd, ours=True)


def test_what_a_stranger_posts_can_only_be_a_message() -> None:
    report = b'{"type":"report","id":"r","state":"read","case":1,"entries":[1]}'
    assert wire.read(report, ours=True)
    with pytest.raises(Malformed):
        wire.read(report, ours=False)
    with pytest.raises(Malformed):
        wire.read(b'{"type":"message","id":"m","text":"  "}', ours=False)


def test_what_is_kept_of_a_token_is_who_was_proven() -> None:
    who = AppResident(id="r", name="Мария", phone="+79161234567", vouched=True, expires=NOW)
    kept = wire.written(who)
    assert "expires" not in kept
    assert wire.proven(kept) == AppResident(
        id="r", name="Мария", phone="+79161234567", vouched=True
    )
    with pytest.raises(Malformed):
        wire.proven("")


def test_the_address_of_cases_is_a_claim_as_phones_are() -> None:
    who = AppResident(id="r", phone="+79161234567", email="a@b.ru", premises="ул. Садовая, д. 3")
    sender = wire.sender("app", who)
    assert sender.identity.key == "external:app:r"
    assert [one.key for one in sender.claims] == ["phone:+79161234567", "email:a@b.ru"]
    assert sender.premises == "ул. Садовая, д. 3"
