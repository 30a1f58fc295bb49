"""The one rights table, held against a table of its own."""

from __future__ import annotations

from typing import get_args

import pytest

from hub.domain.errors import Forbidden
from hub.domain.rights import MINE, SCOPES, TABLE, Right, may, require
from hub.domain.staff import ROLES, SYSTEM, Actor
from tests.support.cases import opened

RIGHTS: tuple[Right, ...] = get_args(Right)

# What each role may do beyond the work of a dispatcher; `-` names what a dispatcher does.
ADMIN_ONLY = {
    "quick_reply.edit",
    "staff.edit",
    "group.edit",
    "result.edit",
    "deadline.edit",
    "hours.edit",
    "house.edit",
    "inbox.read",
    "inbox.replay",
    "metrics.read",
}
LEADS_ONLY = {"case.assign", "contact.merge", "spam_rule.edit", "call.all"}
DISPATCH = set(RIGHTS) - ADMIN_ONLY - LEADS_ONLY
HOLDS = {
    "admin": set(RIGHTS),
    "supervisor": DISPATCH | LEADS_ONLY,
    "operator": DISPATCH,
    "executor": {"file.upload"},
    "reader": set(),
}


def who(*roles: str, login: str = "emma") -> Actor:
    return Actor(kind="staff", login=login, roles=frozenset(roles))


def program(*scopes: str) -> Actor:
    return Actor(kind="token", login="token:crm", scopes=frozenset(scopes))


def test_every_right_has_its_line() -> None:
    assert set(TABLE) == set(RIGHTS)
    assert set(HOLDS) == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("right", RIGHTS)
def test_role_holds_what_the_table_says(role: str, right: Right) -> None:
    assert may(who(role), right) == (right in HOLDS[role])


@pytest.mark.parametrize("right", RIGHTS)
def test_nobody_without_a_role_may_do_anything(right: Right) -> None:
    assert not may(who(), right)
    assert not may(who(), right, opened())


@pytest.mark.parametrize("right", RIGHTS)
@pytest.mark.parametrize("part", ["executors", "responsible", "operator"])
def test_people_of_a_case_read_it_and_comment_whatever_their_role(right: Right, part: str) -> None:
    case = opened()
    if part == "executors":
        case.executors = ["ivan"]
    else:
        setattr(case, part, "ivan")
    ivan = who("executor", login="ivan")
    assert may(ivan, right, case) == (right in MINE | {"file.upload"})
    assert not may(who("executor", login="petr"), "case.read", case)


@pytest.mark.parametrize("right", RIGHTS)
def test_right_is_held_through_scopes_that_name_it_alone(right: Right) -> None:
    for scope, rights in SCOPES.items():
        assert may(program(scope), right) == (right in rights)
    assert not may(program(), right)
    assert not may(program("odd"), right)
    assert may(program("*"), right)


def test_scopes_are_those_that_are_promised() -> None:
    promised = {"cases:read", "cases:write", "contacts", "quick-replies", "inbox", "calls"}
    assert set(SCOPES) == promised | {"admin", "*"}


def test_reading_scope_writes_nothing() -> None:
    assert not [right for right in SCOPES["cases:read"] if not right.endswith(".read")]


def test_login_of_a_program_is_no_login_of_staff() -> None:
    """A person named like a token must not get its cases, nor the other way round."""
    case = opened()
    case.operator = "token:crm"
    assert not may(program("calls"), "case.read", case)


@pytest.mark.parametrize("right", RIGHTS)
def test_the_hub_itself_may_do_everything(right: Right) -> None:
    require(SYSTEM, right)


def test_refusal_names_the_right() -> None:
    with pytest.raises(Forbidden) as refusal:
        require(who("executor"), "case.take")
    assert refusal.value.params == {"action": "case.take"}
