"""What a letter to staff costs of the bot's budgets."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bots.common.letters import StaffLetterOutlet
from hub.domain.outbox import Letter

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("method", "budgets"),
    [
        ("setMyCommands", []),
        ("setMessageReaction", ["telegram:staff"]),
        ("sendMessage", ["telegram:staff", "telegram:staff:502"]),
        ("editMessageText", ["telegram:staff", "telegram:staff:502"]),
    ],
)
def test_only_what_stands_in_a_chat_is_counted_there(method: str, budgets: list[str]) -> None:
    policy = SimpleNamespace(executors_see_phone=False)
    deps = cast(Any, SimpleNamespace(texts=None, policy=policy))
    outlet = StaffLetterOutlet(deps, cast(Any, None))
    letter = Letter(
        id="1",
        kind="staff",
        to="staff:emma:staff",
        account="staff",
        body={"method": method, "params": {"chat_id": 502}, "shown": {}},
        due=NOW,
        at=NOW,
    )
    assert [limit.name for limit in outlet.limits(letter)] == budgets
