"""Names and lanes of updates, and the proof of webhooks."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from hub.botapi import limits, updates, webhook
from hub.ports.channel import Forged, Malformed, RawRequest

CHAT = {"id": -100500}


@pytest.mark.parametrize(
    ("event", "lane"),
    [
        ({"message": {"chat": CHAT, "from": {"id": 5}}}, "a:-100500"),
        ({"edited_message": {"chat": CHAT}}, "a:-100500"),
        ({"callback_query": {"from": {"id": 5}, "message": {"chat": CHAT}}}, "a:-100500"),
        ({"callback_query": {"from": {"id": 5}, "inline_message_id": "x"}}, "a:5"),
        ({"my_chat_member": {"chat": CHAT, "from": {"id": 5}}}, "a:-100500"),
        ({"message_reaction": {"chat": CHAT, "user": {"id": 5}}}, "a:-100500"),
        ({"inline_query": {"from": {"id": 5}, "query": ""}}, "a:5"),
        ({"something_new": {"x": 1}}, "a"),
        ({"message": {"chat": "not as we know it"}}, "a"),
    ],
)
def test_lane_is_the_chat_else_the_person(event: dict[str, object], lane: str) -> None:
    key = updates.key("a", "100", json.dumps({"update_id": 7, **event}).encode())
    assert (key.external_id, key.lane, key.strict) == ("100:7", lane, False)


def test_what_has_no_number_cannot_be_kept() -> None:
    with pytest.raises(Malformed):
        updates.key("a", "100", b'{"message": {}}')


def test_another_token_is_another_name() -> None:
    """Update ids start again with another token: the second bot's first update is no repeat."""
    body = b'{"update_id": 1}'
    assert updates.key("a", updates.bot_id("100:x"), body) != updates.key(
        "a", updates.bot_id("200:x"), body
    )


def test_secret_is_the_same_everywhere_and_differs_by_account_and_token() -> None:
    one = webhook.webhook_secret("a", "1:t")
    assert one == webhook.webhook_secret("a", "1:t")
    assert len({one, webhook.webhook_secret("b", "1:t"), webhook.webhook_secret("a", "1:u")}) == 3
    assert webhook.webhook_secret("a", "1:t", "Given_secret-1234") == "Given_secret-1234"
    for unusable in ("short", "with space but long enough", "кириллица-кириллица"):
        with pytest.raises(ValueError, match="secret"):
            webhook.webhook_secret("a", "1:t", unusable)


@pytest.mark.parametrize(
    ("shown", "status"), [(None, 401), ("", 401), ("wrong", 403), ("секрет", 403)]
)
def test_webhook_without_the_secret_is_forged(shown: str | None, status: int) -> None:
    headers = {} if shown is None else {webhook.HEADER: shown}
    raw = RawRequest(
        account="a", method="POST", headers=headers, received_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    with pytest.raises(Forged) as forged:
        webhook.prove(raw, "right")
    assert forged.value.status == status
    assert webhook.HEADER not in raw.headers


def test_groups_and_people_have_their_own_speed() -> None:
    group = limits.limits("a", -5)
    person = limits.limits("a", 5)
    assert [(one.name, one.count, one.seconds) for one in group] == [
        ("telegram:a", 30, 1.0),
        ("telegram:a:-5:burst", 5, 5.0),
        ("telegram:a:-5", 20, 60.0),
    ]
    assert person[0] == group[0]
    assert person[1].count / person[1].seconds == 1.0
