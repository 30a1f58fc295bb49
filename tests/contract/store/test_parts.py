"""Parts of messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.domain.message import Address, Fragment, Identity, Inbound, Sender
from hub.domain.parts import PartBook
from hub.ports.saving import Conflict

AT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


def fragment(index: int) -> Fragment:
    identity = Identity("phone", "+79161234567")
    address = Address("sms", "sms", "+79161234567", identity.key, "sms:+79161234567")
    return Fragment(
        key=f"sms:{index}",
        account="sms",
        ref="sms:+79161234567:42",
        total=3,
        index=index,
        half="Нет воды \U0001f600".encode("utf-16-be")[:-2],
        message=Inbound(
            key=f"sms:{index}",
            account="sms",
            channel="sms",
            conversation=address.conversation,
            sender=Sender(identity=identity),
            reply_to=address,
            text="",
            sent_at=AT + timedelta(seconds=index),
            external_id=str(index),
        ),
    )


async def test_a_book_comes_back_as_it_was_saved(ports: Any) -> None:
    assert await ports.parts.get("nobody") is None
    book = PartBook(id="sms:1", touched=AT)
    book.take(fragment(2), "row2", AT)
    await ports.parts.save(book)
    assert await ports.parts.get("sms:1") == book
    book.take(fragment(1), "row1", AT + timedelta(seconds=1))
    await ports.parts.save(book)
    assert await ports.parts.get("sms:1") == book


async def test_who_saves_what_another_changed_hears_of_it(ports: Any) -> None:
    one, other = PartBook(id="sms:2", touched=AT), PartBook(id="sms:2", touched=AT)
    one.take(fragment(1), "row1", AT)
    other.take(fragment(2), "row2", AT)
    await ports.parts.save(one)
    with pytest.raises(Conflict):
        await ports.parts.save(other)
    late = await ports.parts.get("sms:2")
    one.take(fragment(2), "row2", AT)
    await ports.parts.save(one)
    late.take(fragment(3), "row3", AT)
    with pytest.raises(Conflict):
        await ports.parts.save(late)
