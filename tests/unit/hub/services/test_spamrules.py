"""Senders of spam: what they write next never disturbs anybody, and they see nothing of it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from hub.domain.case import Case
from hub.domain.errors import Forbidden, Invalid, NoAddress, NotFound
from hub.domain.staff import Actor
from hub.services.newcases import NewCase
from tests.support.world import World


async def test_next_messages_go_straight_to_spam_and_nobody_hears_of_them(
    world: World, emma: Actor
) -> None:
    await world.say("Купите слона", "anna")
    await world.services.casework.spam(1, emma, then="spam")
    await world.settle()
    world.phone.rows.clear()
    world.channel.sent.clear()
    await world.say("Купите двух слонов", "anna", conversation="site:elsewhere")
    case = await world.services.book.load(2)
    assert case.status == "spam"
    assert [line.action for line in case.history] == ["suspected", "status"]
    assert world.phone.rows == []
    assert world.channel.sent == []
    await world.services.casework.unspam(2, emma)
    assert (await world.services.book.load(2)).status == "new"
    assert await world.store.spam_rules.known() == {}


async def test_who_is_asked_about_gets_a_case_of_their_own_that_says_so(
    world: World, emma: Actor
) -> None:
    await world.say("Купите слона", "anna")
    await world.services.casework.spam(1, emma, then="ask")
    await world.say("Нет воды", "anna")
    case = await world.services.book.load(2)
    assert (case.status, case.suspected) == ("new", True)
    case = await world.services.casework.trust(2, emma)
    assert not case.suspected
    assert await world.store.spam_rules.known() == {}
    again = await world.services.casework.trust(2, emma)
    assert again.version == case.version


async def test_spam_without_a_rule_takes_what_comes_after_it_and_can_be_undone(
    world: World, emma: Actor
) -> None:
    await world.say("Купите слона", "anna")
    await world.services.casework.spam(1, emma)
    await world.say("Купите двух", "anna")
    assert len((await world.services.book.load(1)).thread) == 2
    assert await world.store.spam_rules.known() == {}
    case = await world.services.casework.unspam(1, emma)
    assert (case.status, case.current) == ("new", True)


async def test_undone_while_a_newer_case_takes_what_comes_in(world: World, emma: Actor) -> None:
    await world.say("Купите слона", "anna")
    await world.services.casework.spam(1, emma, then="ask")
    await world.say("Нет воды", "anna")
    case = await world.services.casework.unspam(1, emma)
    assert (case.status, case.current) == ("new", False)
    assert (await world.services.book.load(2)).current


async def test_a_case_without_an_address_has_no_sender_to_judge(world: World, emma: Actor) -> None:
    await world.services.new_cases.open(NewCase(text="По звонку", key="k"), emma)
    with pytest.raises(NoAddress):
        await world.services.casework.spam(1, emma, then="spam")
    assert (await world.services.book.load(1)).status == "new"


async def test_an_admin_sees_changes_and_drops_rules_and_an_operator_does_not(
    world: World, emma: Actor
) -> None:
    boss = await world.staff("boss", "admin")
    await world.say("Купите слона", "anna")
    await world.services.casework.spam(1, emma, then="spam")
    rules = world.services.spam_rules
    with pytest.raises(Forbidden):
        await rules.all(emma)
    (rule,) = await rules.all(boss)
    assert (rule.what, rule.case, rule.by) == ("spam", 1, "emma")
    assert (await rules.change(rule.id, "ask", boss)).what == "ask"
    with pytest.raises(Invalid):
        await rules.change(rule.id, "burn", boss)
    await rules.drop(rule.id, boss)
    with pytest.raises(NotFound):
        await rules.get(rule.id, boss)


async def test_spam_that_is_forgiven_while_its_sender_writes_leaves_them_the_newer_case(
    world: World, emma: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the save somebody opened a case of the same conversation."""
    await world.say("купите окна", "anna")
    await world.services.casework.spam(1, emma, then="ask")
    await world.say("нет воды", "anna")

    async def nobody(conversations: Iterable[str]) -> dict[str, Case]:
        return {}

    monkeypatch.setattr(world.store.cases, "current", nobody)
    case = await world.services.casework.unspam(1, emma)
    assert (case.status, case.current) == ("new", False)
