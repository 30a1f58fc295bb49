"""People, groups, and who is asked."""

from __future__ import annotations

from typing import Any

import pytest

from hub.domain.staff import Actor, BotLink, Directory, Group, Staff, short_name
from tests.support.cases import NOW


def person(login: str, *roles: Any, **fields: Any) -> Staff:
    known = {"name": login.title(), "created_at": NOW, "updated_at": NOW}
    return Staff(login=login, roles=list(roles or ("operator",)), **(known | fields))


def directory(*staff: Staff, groups: tuple[Group, ...] = ()) -> Directory:
    return Directory({one.login: one for one in staff}, {group.id: group for group in groups})


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Аксакова Эмма Юрьевна", "Аксакова Э. Ю."),
        ("Аксакова Эмма", "Аксакова Э."),
        ("Эмма", "Эмма"),
        ("Мамедов Али Гасан оглы", "Мамедов А. Г."),
        ("  ", ""),
    ],
)
def test_name_on_cards(name: str, shown: str) -> None:
    assert short_name(name) == shown


def test_own_short_name_outweighs_the_made_one() -> None:
    assert person("emma", name="Аксакова Эмма", short_name="Эмма А.").shown == "Эмма А."


def test_new_cases_go_to_the_group_of_their_account() -> None:
    groups = (
        Group(id="all", name="Все", default=True),
        Group(id="north", name="Север", accounts=["north-bot"]),
        Group(id="old", name="Старая", accounts=["old-bot"], active=False),
    )
    known = directory(groups=groups)
    assert known.default_group("north-bot") == "north"
    assert known.default_group("site") == "all"
    assert known.default_group("old-bot") == "all"
    assert directory().default_group("site") == ""


def test_members_of_a_group() -> None:
    known = directory(
        person("emma", groups=["north"]),
        person("oleg", groups=["south"]),
        person("everywhere"),
        person("gone", groups=["north"], active=False),
        person("ivan", "executor", groups=["north"]),
    )
    names = [one.login for one in known.members("north", "operator")]
    assert names == ["emma", "everywhere"]
    assert {one.login for one in known.members("", "operator")} == {"emma", "oleg", "everywhere"}
    assert [one.login for one in known.members("north", "executor")] == ["ivan"]


def test_unknown_login_is_shown_as_it_is() -> None:
    assert directory(person("emma", name="Аксакова Эмма")).name("emma") == "Аксакова Э."
    assert directory().name("nobody") == "nobody"


def test_user_of_a_bot_is_the_active_person_behind_it() -> None:
    known = directory(
        person("emma", bots=[BotLink("staff", 5, 5)]),
        person("gone", bots=[BotLink("staff", 6, 6)], active=False),
    )
    found = known.by_bot("staff", 5)
    assert found is not None
    assert found.login == "emma"
    assert known.by_bot("other", 5) is None
    assert known.by_bot("staff", 6) is None


def test_actor_is_the_person() -> None:
    actor = Actor.of(person("emma", name="Аксакова Эмма Юрьевна", groups=["north"]))
    assert (actor.kind, actor.login, actor.name) == ("staff", "emma", "Аксакова Э. Ю.")
    assert (actor.roles, actor.groups) == (frozenset({"operator"}), frozenset({"north"}))
