"""Staff, links to bots, tokens."""

from __future__ import annotations

import asyncio

import pytest

from hub.domain.errors import Forbidden, Invalid, LinkExpired, LoginTaken, NotFound, StoreDown
from hub.domain.staff import SYSTEM, Actor, Group, Staff
from hub.ports.saving import Conflict
from hub.services.people import StaffChange
from tests.support.world import World


async def hire(world: World, login: str = "nina", password: str = "long enough") -> None:
    await world.services.people.add(login, "Нина Ким", ["operator"], SYSTEM, password=password)


async def test_person_comes_in_with_their_password(world: World) -> None:
    await hire(world)
    people = world.services.people
    person = await people.log_in(" NINA ", "long enough")
    assert person is not None
    assert person.login == "nina"
    assert await people.log_in("nina", "wrong") is None
    assert await people.log_in("nobody", "long enough") is None
    assert await people.log_in("nina", "") is None


async def test_person_without_a_password_comes_in_by_the_bot_only(world: World) -> None:
    await hire(world, password="")
    for guess in ("", "plain:"):
        assert await world.services.people.log_in("nina", guess) is None


async def test_password_is_never_kept_as_it_is(world: World) -> None:
    hashed = []
    hash_ = world.deps.passwords.hash

    async def watched(password: str) -> str:
        hashed.append(password)
        return await hash_(password)

    world.deps.passwords.hash = watched  # type: ignore[method-assign]
    await hire(world)
    assert hashed == ["long enough"]


@pytest.mark.parametrize(
    ("login", "name", "password", "field"),
    [
        ("", "Нина", "long enough", "login"),
        ("a b", "Нина", "long enough", "login"),
        ("token:crm", "Нина", "long enough", "login"),
        ("x" * 65, "Нина", "long enough", "login"),
        ("nina", " ", "long enough", "name"),
        ("nina", "Нина", "short", "password"),
    ],
)
async def test_person_that_cannot_be_is_refused(
    world: World, login: str, name: str, password: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await world.services.people.add(login, name, ["operator"], SYSTEM, password=password)
    assert refusal.value.params["field"] == field


async def test_person_has_a_role_that_there_is(world: World) -> None:
    for roles in ([], ["king"]):
        with pytest.raises(Invalid):
            await world.services.people.add("nina", "Нина", roles, SYSTEM)  # type: ignore[arg-type]


async def test_login_is_given_once(world: World) -> None:
    await hire(world)
    with pytest.raises(LoginTaken):
        await hire(world, "Nina")


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        (StaffChange(password="another one"), True),
        (StaffChange(roles=["executor"]), True),
        (StaffChange(active=False), True),
        (StaffChange(name="Нина Пак"), False),
        (StaffChange(roles=["operator"]), False),
        (StaffChange(active=True), False),
    ],
)
async def test_sessions_end_when_what_they_stand_on_changes(
    world: World, change: StaffChange, ends: bool
) -> None:
    await hire(world)
    person = await world.services.people.change("nina", change, SYSTEM)
    assert (person.epoch > 0) == ends


async def test_who_leaves_gives_their_cases_back_to_the_queue(world: World) -> None:
    await hire(world)
    nina = Actor.of(await world.services.people.get("nina"))
    for who in ("anna", "boris"):
        await world.say("Нет воды", who)
    await world.services.casework.take(1, nina)
    await world.services.casework.take(2, nina)
    await world.services.casework.close(2, nina)
    await world.services.people.change("nina", StaffChange(active=False), SYSTEM)
    first, second = [await world.services.book.load(number) for number in (1, 2)]
    assert (first.operator, first.status) == ("", "new")
    assert (second.operator, second.status) == ("nina", "closed")
    assert await world.services.people.log_in("nina", "long enough") is None


async def test_own_password_needs_the_old_one(world: World) -> None:
    await hire(world)
    people = world.services.people
    with pytest.raises(Invalid):
        await people.change_own_password("nina", "wrong", "another one")
    with pytest.raises(Invalid):
        await people.change_own_password("nina", "long enough", "short")
    person = await people.change_own_password("nina", "long enough", "another one")
    assert person.epoch == 1
    assert await people.log_in("nina", "another one") is not None


async def test_two_changes_at_once_are_both_kept(world: World) -> None:
    await hire(world)
    people = world.services.people
    await asyncio.gather(
        people.change("nina", StaffChange(name="Нина Пак"), SYSTEM),
        people.change("nina", StaffChange(position="диспетчер"), SYSTEM),
    )
    person = await people.get("nina")
    assert (person.name, person.position) == ("Нина Пак", "диспетчер")


async def test_change_that_never_gets_through_is_said_so(world: World) -> None:
    await hire(world)

    async def lost(person: object) -> None:
        raise Conflict

    world.store.staff.save = lost  # type: ignore[method-assign,assignment]
    with pytest.raises(StoreDown):
        await world.services.people.change("nina", StaffChange(name="Нина Пак"), SYSTEM)


async def test_only_admins_change_people(world: World, emma: Actor, lena: Actor) -> None:
    people = world.services.people
    for by in (emma, lena):
        with pytest.raises(Forbidden):
            await people.add("x", "X", ["admin"], by)
        with pytest.raises(Forbidden):
            await people.change("emma", StaffChange(roles=["admin"]), by)
        with pytest.raises(Forbidden):
            await people.one_time_link("emma", by)
        with pytest.raises(Forbidden):
            await people.add_token("crm", ["*"], by)
        with pytest.raises(Forbidden):
            await people.put_group(Group(id="g", name="G"), by)
        with pytest.raises(Forbidden):
            await people.unlink("emma", "staff", by)


# ── bots ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change", [StaffChange(roles=["operator"]), StaffChange(active=False)], ids=["role", "off"]
)
async def test_an_admin_does_not_lock_themselves_out(world: World, change: StaffChange) -> None:
    boss = await world.services.people.add("boss", "Олейник О. З.", ["admin"], SYSTEM)
    with pytest.raises(Invalid) as refused:
        await world.services.people.change("boss", change, Actor.of(boss))
    assert refused.value.params == {"field": "roles", "reason": "own"}
    both = StaffChange(roles=["admin", "operator"])
    assert (await world.services.people.change("boss", both, Actor.of(boss))).roles == both.roles
    other = await world.services.people.add("other", "Другая О. З.", ["admin"], SYSTEM)
    await world.services.people.change("boss", change, Actor.of(other))


async def test_link_lets_in_once(world: World) -> None:
    await hire(world)
    people = world.services.people
    token = await people.one_time_link("nina", SYSTEM)
    person = await people.come_in(token, "staff", 55, 55)
    assert [(link.account, link.user) for link in person.bots] == [("staff", 55)]
    found = await people.by_bot("staff", 55)
    assert found is not None
    assert found.login == "nina"
    with pytest.raises(LinkExpired):
        await people.come_in(token, "staff", 66, 66)


async def test_old_link_lets_nobody_in(world: World) -> None:
    await hire(world)
    token = await world.services.people.one_time_link("nina", SYSTEM)
    world.clock.forward(minutes=16)
    with pytest.raises(LinkExpired):
        await world.services.people.come_in(token, "staff", 55, 55)


async def test_made_up_link_lets_nobody_in(world: World) -> None:
    with pytest.raises(LinkExpired):
        await world.services.people.come_in("guess", "staff", 55, 55)


async def test_one_phone_is_one_person(world: World) -> None:
    """The phone was handed on: whoever held it before is not that user any more."""
    people = world.services.people
    for login in ("nina", "olga"):
        await hire(world, login)
        token = await people.one_time_link(login, SYSTEM)
        await people.come_in(token, "staff", 55, 55)
    found = await people.by_bot("staff", 55)
    assert found is not None
    assert found.login == "olga"
    assert (await people.get("nina")).bots == []


async def test_new_phone_replaces_the_old_one(world: World) -> None:
    await hire(world)
    people = world.services.people
    for user in (55, 66):
        token = await people.one_time_link("nina", SYSTEM)
        await people.come_in(token, "staff", user, user)
    assert await people.by_bot("staff", 55) is None
    assert await people.by_bot("staff", 66) is not None


async def test_link_for_nobody_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        await world.services.people.one_time_link("nobody", SYSTEM)


# ── programs ─────────────────────────────────────────────────────────────────────────────────


async def test_token_is_known_by_its_hash_alone(world: World) -> None:
    people = world.services.people
    token = await people.add_token("crm", ["cases:read", "inbox"], SYSTEM)
    actor = await people.by_token(token)
    assert actor is not None
    assert (actor.kind, actor.login, actor.scopes) == (
        "token",
        "token:crm",
        frozenset({"cases:read", "inbox"}),
    )
    (kept,) = await world.store.staff.tokens()
    assert token not in repr(kept)
    assert await people.by_token(kept.id) is None


async def test_token_has_scopes_that_there_are(world: World) -> None:
    for scopes in ([], ["cases:read", "everything"]):
        with pytest.raises(Invalid):
            await world.services.people.add_token("crm", scopes, SYSTEM)


async def test_a_group_that_is_not_there_is_refused_and_nothing_is_kept(world: World) -> None:
    people = world.services.people
    await world.group("north")
    with pytest.raises(Invalid) as refused:
        await people.add("nina", "Нина Ким", ["operator"], SYSTEM, groups=["north", "norht"])
    assert refused.value.params == {"field": "groups", "reason": "unknown", "value": "norht"}
    assert await world.store.staff.get("nina") is None
    await people.add("nina", "Нина Ким", ["operator"], SYSTEM, groups=["north"])
    with pytest.raises(Invalid):
        await people.change("nina", StaffChange(name="Нина", groups=["south"]), SYSTEM)
    kept = await people.get("nina")
    assert (kept.name, kept.groups) == ("Нина Ким", ["north"])


async def test_a_group_that_somebody_has_does_not_hold_up_other_changes(world: World) -> None:
    await hire(world)
    people = world.services.people

    def decide(person: Staff) -> None:
        person.groups = ["gone"]

    await people.save("nina", decide)
    changed = await people.change("nina", StaffChange(name="Нина", groups=["gone"]), SYSTEM)
    assert (changed.name, changed.groups) == ("Нина", ["gone"])
    assert (await people.change("nina", StaffChange(groups=[]), SYSTEM)).groups == []
