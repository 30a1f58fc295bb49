"""Parts permuted, repeated and dropped give the same message, as far as what came allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.message import Address, Fragment, Identity, Inbound, Sender
from hub.domain.parts import GAP, Gathering, PartBook, joined

AT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
WHO = Identity("phone", "+79161234567")


def fragments(text: str, total: int) -> list[Fragment]:
    data = text.encode("utf-16-be")
    size = max(2, -(-len(data) // (2 * total)) * 2)
    made = []
    for index in range(1, total + 1):
        message = Inbound(
            key=f"a:{index}",
            account="a",
            channel="sms",
            conversation="a:1",
            sender=Sender(identity=WHO),
            reply_to=Address("a", "sms", WHO.value, WHO.key, "a:1"),
            text="",
            sent_at=AT + timedelta(seconds=index),
            external_id=str(index),
        )
        half = data[size * (index - 1) : size * index]
        made.append(
            Fragment(
                key=message.key,
                account="a",
                ref="a:1:7",
                total=total,
                index=index,
                half=half,
                message=message,
            )
        )
    return made


def took(parts: list[Fragment]) -> Gathering:
    """Everything that came, through a store and back after every part."""
    book = PartBook(id="a:1:7", touched=AT)
    for row, part in enumerate(parts):
        book.take(part, f"row{row}", AT + timedelta(seconds=row))
        book = msgspec.msgpack.decode(msgspec.msgpack.encode(book), type=PartBook)
    assert len(book.gatherings) == 1
    return book.gatherings[0]


texts = st.text(min_size=1, max_size=400).filter(lambda text: text.isprintable())


@given(text=texts, total=st.integers(2, 8), data=st.data())
def test_any_order_with_repeats_is_the_same_message(
    text: str, total: int, data: st.DataObject
) -> None:
    parts = fragments(text, total)
    came = data.draw(st.permutations(parts)) + data.draw(st.lists(st.sampled_from(parts)))
    found = took(came).told()
    assert found.text == text
    assert not found.incomplete
    assert found.sent_at == parts[0].message.sent_at
    in_order = took(parts).told()
    for name in ("text", "sent_at", "sender", "reply_to", "conversation", "incomplete"):
        assert getattr(found, name) == getattr(in_order, name)


@given(text=texts, total=st.integers(2, 8), data=st.data())
def test_what_is_missing_is_a_gap_whatever_the_order(
    text: str, total: int, data: st.DataObject
) -> None:
    parts = fragments(text, total)
    there = data.draw(st.lists(st.sampled_from(range(total)), unique=True, min_size=1))
    came = [parts[at] for at in data.draw(st.permutations(there))]
    found = took(came).told()
    assert found.incomplete == (len(there) < total)
    assert found.text == joined({part.index: part.half for part in came}, total)
    assert (GAP in found.text) or not found.incomplete or GAP in text


@given(text=texts, total=st.integers(2, 5), data=st.data())
def test_the_same_row_again_changes_nothing(text: str, total: int, data: st.DataObject) -> None:
    parts = fragments(text, total)
    book = PartBook(id="a:1:7", touched=AT)
    for row in [*range(total), *data.draw(st.lists(st.sampled_from(range(total))))]:
        book.take(parts[row], f"row{row}", AT)
    assert len(book.gatherings) == 1
    assert book.gatherings[0].told().text == text
    assert book.gatherings[0].key == "a:parts:row0"
