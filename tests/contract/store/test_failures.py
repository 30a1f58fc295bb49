"""What did not reach residents: listed newest first, counted, struck out."""

from __future__ import annotations

from typing import Any

from hub.domain.failure import Failure
from hub.ports.failures import FailureCount, FailureFilter
from tests.contract.store.samples import at

EVERY = FailureFilter()


def failure(name: str, minutes: int, channel: str = "telegram", reason: str = "blocked") -> Failure:
    case, _, entry = name.partition("-")
    return Failure(
        id=name,
        case=int(case),
        entry=int(entry),
        state="failed",
        reason=reason,
        channel=channel,
        operator="emma" if channel == "telegram" else "",
        tries=3,
        at=at(minutes),
    )


async def names(ports: Any, wanted: FailureFilter, limit: int = 2) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = await ports.failures.page(wanted, cursor, limit)
        found += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            return found


async def test_a_failure_comes_back_as_it_was_and_the_newest_stands_first(ports: Any) -> None:
    rows = [failure("1-2", 1), failure("2-2", 3), failure("3-4", 3), failure("4-2", 2)]
    for row in rows:
        await ports.failures.put(row)
    assert await ports.failures.get("3-4") == rows[2]
    assert await ports.failures.get("9-9") is None
    assert await names(ports, EVERY) == ["3-4", "2-2", "4-2", "1-2"]
    assert await names(ports, EVERY, 10) == ["3-4", "2-2", "4-2", "1-2"]


async def test_filters_and_counts(ports: Any) -> None:
    for row in (
        failure("1-2", 1),
        failure("2-2", 2, "kannel", "refused"),
        failure("3-2", 3, "telegram", "refused"),
        failure("4-2", 4),
    ):
        await ports.failures.put(row)
    assert await names(ports, FailureFilter(channel="telegram")) == ["4-2", "3-2", "1-2"]
    assert await names(ports, FailureFilter(channel="telegram", reason="refused")) == ["3-2"]
    assert await names(ports, FailureFilter(operator="emma", reason="blocked")) == ["4-2", "1-2"]
    assert await names(ports, FailureFilter(channel="email")) == []
    assert await ports.failures.count(100) == 4
    assert await ports.failures.count(3) == 3
    assert await ports.failures.counts() == [
        FailureCount(channel="telegram", reason="blocked", count=2),
        FailureCount(channel="kannel", reason="refused", count=1),
        FailureCount(channel="telegram", reason="refused", count=1),
    ]


async def test_what_is_written_again_replaces_and_what_is_struck_out_is_gone(ports: Any) -> None:
    await ports.failures.put(failure("1-2", 1))
    await ports.failures.put(failure("1-2", 5, "kannel", "refused"))
    assert await names(ports, FailureFilter(channel="telegram")) == []
    assert await names(ports, FailureFilter(channel="kannel")) == ["1-2"]
    assert await ports.failures.drop(["1-2", "7-7"]) == 1
    assert await ports.failures.drop([]) == 0
    assert await names(ports, EVERY) == []
