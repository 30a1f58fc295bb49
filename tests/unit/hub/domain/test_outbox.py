"""Which rows of an outbox may go next."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.domain.outbox import Row, heads

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def row(number: int, kind: str, to: str, **fields: object) -> Row:
    base: dict[str, object] = {"id": number, "kind": kind, "to": to, "due": NOW, "at": NOW}
    return Row(**(base | fields))  # type: ignore[arg-type]


def going(*rows: Row) -> list[int]:
    return [one.id for one in heads(rows)]


def test_rows_to_one_recipient_go_in_order_and_others_beside_them() -> None:
    first, second = row(1, "notice", "a"), row(2, "notice", "a")
    assert going(first, second, row(3, "notice", "b")) == [1, 3]


def test_a_redraw_that_failed_holds_up_no_notice() -> None:
    assert going(row(1, "card", "a", tries=1), row(2, "notice", "a")) == [1, 2]


def test_a_redraw_under_way_holds_up_everything_behind_it() -> None:
    assert going(row(1, "card", "a", tries=1, state="sending"), row(2, "notice", "a")) == [1]


def test_two_drawings_of_the_same_never_go_side_by_side() -> None:
    """Telegram said «later» to a status card while the next one was asked for; then both went,
    each found no card there yet, and the resident read the same twice."""
    late, fresh = row(1, "status", "a", tries=1), row(2, "status", "a")
    assert going(late, fresh) == [1]
    assert going(row(1, "topic", "forum:x", tries=2), row(2, "topic", "forum:x")) == [1]


def test_marks_of_different_messages_do_not_wait_for_each_other() -> None:
    assert going(row(1, "mark", "a", entry=3, tries=1), row(2, "mark", "a", entry=4)) == [1, 2]
