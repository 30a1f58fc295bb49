"""What comes back from BSON can be written again."""

from datetime import UTC, datetime

import bson

from hub.domain.outbox import Letter
from hub.store.codec import document, struct


def test_a_chat_with_a_large_number_survives_being_written_twice() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    body: dict[str, object] = {"method": "sendMessage", "params": {"chat_id": -1001234567890}}
    letter = Letter(id="1", kind="staff", to="a", account="b", body=body, due=now, at=now)
    read = struct(Letter, bson.decode(bson.encode(document(letter))))
    again = document(read)
    assert again["body"] == body
    assert type(again["body"]["params"]["chat_id"]) is int
