"""Lists, badges and search."""

from __future__ import annotations

from typing import Any

import pytest

from hub.domain.case import Case, ContactRef
from hub.domain.errors import Invalid
from hub.domain.staff import SYSTEM, Actor
from hub.ports.cases import CaseFilter
from tests.contract.store.samples import at, case, message

ANN = Actor(kind="staff", login="ann", name="Анна")
BOB = Actor(kind="staff", login="bob", name="Борис")
DAY = 86_400.0


async def shown(ports: Any, **wanted: Any) -> list[int]:
    """All pages, two at a time."""
    numbers: list[int] = []
    cursor = None
    while True:
        page = await ports.cases.page(CaseFilter(**wanted), cursor, 2)
        numbers += [one.number for one in page.items]
        cursor = page.next
        if cursor is None:
            return numbers


async def house(ports: Any) -> list[Case]:
    """Seven cases over a year and a half."""
    cases = [
        case(1, message("1"), updated_at=at(-500 * DAY), group="north"),
        case(2, message("2"), updated_at=at(-40 * DAY), group="north", channel="sms"),
        case(3, message("3"), updated_at=at(-2 * DAY), group="south", deadline=at(-DAY)),
        case(4, message("4"), updated_at=at(-3600), group="south", account="app"),
        case(5, message("5"), updated_at=at(-10), contact=ContactRef(id="c2", name="Иван")),
        case(6, updated_at=at(-10), group="north"),
        case(7, message("7"), updated_at=at(-5), group="north"),
    ]
    cases[0].close(SYSTEM, at(-500 * DAY))
    cases[2].take(ANN, at(-2 * DAY))
    cases[3].take(BOB, at(-3600))
    cases[4].change_executors(["ann"], [], BOB, at(-10))
    cases[5].resolve("done", "", ANN, at(-10))
    cases[6].spam(ANN, at(-5))
    for n, one in enumerate(cases):
        await ports.cases.open(one, f"op{n}")
    return cases


async def test_all_pages_newest_change_first(ports: Any) -> None:
    cases = await house(ports)
    order = sorted(cases, key=lambda one: (one.updated_at, one.number), reverse=True)
    assert await shown(ports) == [one.number for one in order]


async def test_conditions(ports: Any) -> None:
    await house(ports)
    assert set(await shown(ports, ended=True)) == {1, 7}
    assert set(await shown(ports, ended=False)) == {2, 3, 4, 5, 6}
    assert set(await shown(ports, status=["closed", "spam"])) == {1, 7}
    assert set(await shown(ports, status=["new"])) == {2}
    assert set(await shown(ports, status=["new", "in_progress", "closed"])) == {1, 2, 3, 4}
    assert set(await shown(ports, status=["closed"], ended=False)) == set()
    assert set(await shown(ports, view="mine", login="ann")) == {3, 5, 6}
    assert set(await shown(ports, view="mine", login="ann", ended=False)) == {3, 5, 6}
    assert set(await shown(ports, view="queue")) == {2, 5}
    assert set(await shown(ports, view="queue", groups=["north", "east"])) == {2}
    assert set(await shown(ports, operator="ann")) == {3, 6}
    assert set(await shown(ports, group="south")) == {3, 4}
    assert set(await shown(ports, group="south", operator="bob")) == {4}
    assert set(await shown(ports, contact="c2")) == {5}
    assert set(await shown(ports, needs_answer=True)) == {2, 3, 4, 5}
    assert set(await shown(ports, overdue_at=at(0))) == {3}
    assert set(await shown(ports, updated_since=at(-3600))) == {4, 5, 6, 7}
    assert set(await shown(ports, channel="http", ended=False)) == {2, 3, 4, 5}
    assert set(await shown(ports, account="nobody")) == set()


async def test_what_changes_moves_in_the_lists(ports: Any) -> None:
    cases = await house(ports)
    cases[1].take(ANN, at(100))
    await ports.cases.save(cases[1], "x")
    assert (await shown(ports))[0] == 2
    assert set(await shown(ports, view="queue")) == {5}
    assert set(await shown(ports, view="mine", login="ann")) == {2, 3, 5, 6}
    cases[1].close(ANN, at(101))
    await ports.cases.save(cases[1], "y")
    assert set(await shown(ports, view="mine", login="ann", ended=False)) == {3, 5, 6}
    assert set(await shown(ports, view="mine", login="ann", ended=True)) == {2}


async def test_a_list_shows_the_last_entry_and_no_history(ports: Any) -> None:
    made = case(1, message("1", "один"), message("2", "два"))
    made.take(ANN, at(1))
    await ports.cases.open(made, "op")
    await ports.cases.open(case(2), "op2")
    page = await ports.cases.page(CaseFilter(), None, 10)
    found = {one.number: one for one in page.items}
    assert [entry.text for entry in found[1].thread] == ["два"]
    assert found[1].history == []
    assert (found[1].operator, found[1].unread) == ("ann", 2)
    assert found[2].thread == []


async def test_a_foreign_cursor_is_refused(ports: Any) -> None:
    for cursor in ("abc", "!!!", "eyJhIjoxfQ"):
        with pytest.raises(Invalid):
            await ports.cases.page(CaseFilter(), cursor, 10)


async def test_badges(ports: Any) -> None:
    await house(ports)
    assert await ports.cases.counts("ann", ["north"], at(0)) == {
        "mine": 2,
        "queue": 1,
        "needs_answer": 2,
        "waiting": 0,
        "overdue": 1,
    }
    assert (await ports.cases.counts("ann", [], at(0)))["queue"] == 2
    assert (await ports.cases.counts("eve", ["none"], at(0)))["mine"] == 0


async def test_figures(ports: Any) -> None:
    await house(ports)
    stats = await ports.cases.stats(at(0))
    by_status = {name: count for name, count in stats.items() if name.startswith("status_")}
    assert by_status == {
        "status_new": 1.0,
        "status_in_progress": 2.0,
        "status_assigned": 1.0,
        "status_resolved": 1.0,
        "status_ended": 2.0,
    }


async def test_cases_of_a_contact_and_of_a_flat(ports: Any) -> None:
    for n in range(1, 6):
        made = case(
            n,
            premises="ул. Ленина, 5, кв. 7" if n < 5 else "",
            contact=ContactRef(id=f"c{n % 2}"),
            updated_at=at(n),
        )
        if n != 2:
            made.close(ANN, at(n))
        await ports.cases.open(made, f"op{n}")
    assert [one.number for one in await ports.cases.of_contact("c1", 10)] == [5, 3, 1]
    assert [one.number for one in await ports.cases.of_contact("c1", 1)] == [5]
    flat = await ports.cases.past(3, "c1", "ул. Ленина, 5, кв. 7", 10)
    assert [one.number for one in flat] == [4, 1]
    person = await ports.cases.past(3, "c1", "", 10)
    assert [one.number for one in person] == [5, 1]


async def test_cases_are_found_by_words(ports: Any) -> None:
    first = case(
        41,
        message("1", "У нас течёт труба в подвале"),
        contact=ContactRef(id="c1", name="Мария Петрова", phone="+79161234567"),
        premises="ул. Зелёная, 12, кв. 40",
    )
    ivan = ContactRef(id="c2", name="Иван")
    second = case(42, message("2", "Нет горячей воды"), subject="Авария", contact=ivan)
    await ports.cases.open_many([(first, "a"), (second, "b")])
    for words in (
        "трубы",
        "ТРУБОЙ течет",
        "подвал",
        "петровой",
        "зеленая",
        "41",
        "+7 916 123-45-67",
        "89161234567",
        "1234567",
        "4567",
        "мария подвал",
    ):
        assert await shown(ports, words=words) == [41], words
    assert await shown(ports, words="вода") == [42]
    assert await shown(ports, words="аварии") == [42]
    assert await shown(ports, words="труба вода") == []
    assert await shown(ports, words="экскаватор") == []
    assert await shown(ports, words="трубы", ended=True) == []


async def test_later_words_find_a_case_too(ports: Any) -> None:
    made = case(1, message("1", "Здравствуйте"))
    await ports.cases.open(made, "a")
    fresh = await ports.cases.get(1)
    fresh.comment("Вызвать электрика", [], ANN, at(5), key="c1")
    fresh.subject = "Домофон"
    await ports.cases.save(fresh, "b")
    for words in ("электрик", "домофоны", "здравствуйте", "электрик домофон здравствуйте"):
        assert await shown(ports, words=words) == [1], words


async def test_search_pages_by_the_newest_change(ports: Any) -> None:
    for n in range(1, 8):
        await ports.cases.open(case(n, message(str(n), "вода"), updated_at=at(-n)), f"op{n}")
    found = await ports.cases.get(7)
    found.comment("ещё", [], ANN, at(50), key="c")
    await ports.cases.save(found, "x")
    assert await shown(ports, words="вода") == [7, 1, 2, 3, 4, 5, 6]
