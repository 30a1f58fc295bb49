"""What forum groups must show, and whom they spare a notice."""

from __future__ import annotations

import pytest

from hub.domain.case import Case
from hub.domain.events import (
    CaseOpened,
    DeliveryChanged,
    Escalated,
    MessageReceived,
    Transferred,
)
from hub.domain.forum import ForumPlace, Trouble
from hub.domain.staff import BotLink, Directory, Group, Staff
from hub.services.forum import forum_rows, told_in_forum
from hub.services.reactions import follow
from tests.support.cases import NOW, opened


def person(login: str) -> Staff:
    return Staff(
        login=login,
        name=login,
        roles=["operator"],
        bots=[BotLink("shift", 1, 1)],
        created_at=NOW,
        updated_at=NOW,
    )


def place(ident: str, group: str, *members: str, trouble: Trouble = "") -> ForumPlace:
    return ForumPlace(
        id=ident,
        account="shift",
        chat=-100,
        group=group,
        members=list(members),
        trouble=trouble,
        at=NOW,
    )


def directory(*places: ForumPlace) -> Directory:
    return Directory(
        {login: person(login) for login in ("emma", "vera")},
        {one: Group(id=one, name=one, default=one == "north") for one in ("north", "south")},
        forums={one.id: one for one in places},
    )


def case(group: str = "north") -> Case:
    made = opened()
    made.group, made.outbox = group, []
    return made


def rows(of: Case) -> list[tuple[str, str]]:
    return [(row.kind, row.to) for row in of.outbox]


def test_however_much_happens_the_place_has_one_row() -> None:
    one, known = case(), directory(place("p", "north"))
    forum_rows(one, [CaseOpened(entry=1), MessageReceived(entry=2)], known, NOW)
    forum_rows(one, [MessageReceived(entry=3)], known, NOW)
    assert rows(one) == [("topic", "forum:p")]


def test_a_delivery_has_a_row_of_its_own() -> None:
    one = case()
    forum_rows(one, [DeliveryChanged(entry=4, state="sent")], directory(place("p", "north")), NOW)
    assert rows(one) == [("topic", "forum:p"), ("topic_mark", "forum:p:4")]


def test_where_nothing_can_be_said_no_row_waits() -> None:
    one = case()
    forum_rows(one, [CaseOpened(entry=1)], directory(place("p", "north", trouble="kicked")), NOW)
    forum_rows(one, [CaseOpened(entry=1)], directory(place("q", "south")), NOW)
    assert rows(one) == []


def test_a_transfer_is_shown_where_the_case_was_and_where_it_is() -> None:
    one, known = case("south"), directory(place("p", "north"), place("q", "south"))
    forum_rows(one, [Transferred(entry=2, group="south")], known, NOW)
    assert rows(one) == [("topic", "forum:q"), ("topic", "forum:p")]


def test_a_call_for_help_reaches_the_desk_of_the_next_group() -> None:
    one, known = case(), directory(place("p", "north"), place("q", "south"))
    forum_rows(one, [Escalated(group="south")], known, NOW)
    assert rows(one) == [("topic", "forum:p"), ("topic", "forum:q")]


def test_several_places_of_a_group_share_its_cases() -> None:
    known = directory(place("p", "north"), place("q", "north"))
    shared = [known.forum_of("north", number) for number in (1, 2, 3, 4)]
    assert [one.id for one in shared if one] == ["q", "p", "q", "p"]


@pytest.mark.parametrize(
    ("login", "what", "spared"),
    [
        ("emma", "new", True),
        ("emma", "message", True),
        ("emma", "assigned", False),
        ("emma", "failed", False),
        ("emma", "escalated", False),
        ("vera", "new", False),
    ],
)
def test_who_reads_the_group_is_not_told_the_same_in_private(
    login: str, what: str, spared: bool
) -> None:
    assert told_in_forum(case(), login, what, directory(place("p", "north", "emma"))) is spared


def test_a_lost_group_spares_nobody() -> None:
    lost = directory(place("p", "north", "emma", trouble="rights"))
    assert not told_in_forum(case(), "emma", "new", lost)


def test_who_carries_it_out_hears_comments_all_the_same() -> None:
    one = case()
    one.executors = ["emma"]
    assert not told_in_forum(one, "emma", "comment", directory(place("p", "north", "emma")))


def test_a_new_case_is_told_in_private_only_to_who_is_not_in_the_group() -> None:
    one = case()
    follow(one, [CaseOpened(entry=1)], directory(place("p", "north", "emma")), NOW)
    assert [row.to for row in one.outbox if row.kind == "notice"] == ["staff:vera:shift"]
    assert ("topic", "forum:p") in rows(one)
