"""Which cases a person has, the newest change first, page by page."""

from __future__ import annotations

from typing import Any

from hub.domain.case import Case, ContactRef
from tests.contract.store.samples import at


def case(number: int, contact: str, minutes: int) -> Case:
    return Case(
        number=number,
        contact=ContactRef(id=contact),
        created_at=at(minutes),
        updated_at=at(minutes),
    )


async def test_heads_of_several_contacts_by_key(ports: Any) -> None:
    made = [("a", 1), ("b", 5), ("a", 3), ("c", 4), ("a", 5), ("b", 60 * 24 * 90)]
    for number, (contact, minutes) in enumerate(made, 1):
        await ports.cases.open(case(number, contact, minutes), f"op{number}")
    found: list[int] = []
    cursor = None
    while True:
        page = await ports.heads.newest(["a", "b", "a"], cursor, 2)
        found += [one.number for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == [6, 5, 2, 3, 1]
    one = await ports.heads.newest(["c"], None, 5)
    assert [(head.number, head.updated_at) for head in one.items] == [(4, at(4))]
    assert (await ports.heads.newest(["nobody"], None, 5)).items == []
