"""Senders of spam: what is written is known at once, and forgotten as soon as it is dropped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hub.domain.spamrules import SpamRule

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def test_a_rule_is_kept_changed_and_dropped(ports: Any) -> None:
    rules = ports.spam_rules
    assert await rules.known() == {}
    rule = SpamRule(id="telegram:1", what="spam", name="Слон", case=7, by="emma", at=NOW)
    await rules.put(rule)
    await rules.put(SpamRule(id="email:a@b.ru", what="ask", at=NOW))
    assert (await rules.known())["telegram:1"] == rule
    rule.what = "ask"
    await rules.put(rule)
    assert {one.what for one in (await rules.known()).values()} == {"ask"}
    await rules.drop("telegram:1")
    await rules.drop("telegram:1")
    assert set(await rules.known()) == {"email:a@b.ru"}
