"""What did not get there is worked off: nothing is lost from the list, nothing stays too long."""

from __future__ import annotations

import pytest

from hub.domain.errors import Forbidden, NotFound
from hub.domain.message import Address, DeliveryReport, Identity, Rejected, Unsure
from hub.ports.failures import FailureCount
from hub.services.receipts import Receipts
from tests.support.world import World


async def broken(world: World, *whom: str, reason: str = "blocked") -> None:
    """Answers to these people that the channel refused."""
    emma = await world.staff("emma")
    for number, who in enumerate(whom, 1):
        await world.say("Вода?", who)
        world.channel.outcomes = [Rejected(reason, "Forbidden: bot was blocked")]
        await world.services.replies.send(number, emma, f"Ответ {who}")
        await world.settle()
        world.clock.forward(minutes=1)


async def test_an_answer_that_was_refused_stands_in_the_list_until_it_goes_again() -> None:
    world = World()
    await broken(world, "anna", "boris")
    emma = await world.staff("olga")
    failures = world.services.failures
    page = await failures.page(emma)
    assert [(one.case, one.reason, one.name, one.tries) for one in page.items] == [
        (2, "blocked", "Boris", 1),
        (1, "blocked", "Anna", 1),
    ]
    assert await failures.counts(emma) == [FailureCount(channel="test", reason="blocked", count=2)]
    assert (await failures.page(emma, operator="emma")).items == []
    await failures.retry("1-2", emma)
    assert [one.case for one in (await failures.page(emma)).items] == [2]
    await world.settle()
    assert [one.case for one in (await failures.page(emma)).items] == [2]
    assert world.channel.sent[-1].text == "Ответ anna"


async def test_what_is_refused_again_comes_back_with_one_more_try() -> None:
    world = World()
    await broken(world, "anna")
    emma = await world.staff("olga")
    world.channel.outcomes = [Rejected("no_chat")]
    await world.services.failures.retry("1-2", emma)
    await world.settle()
    (again,) = (await world.services.failures.page(emma)).items
    assert (again.reason, again.tries) == ("no_chat", 2)


async def test_a_late_report_of_arrival_strikes_it_out_and_one_of_failure_puts_it_there() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("Вода?")
    world.channel.outcomes = [Unsure("timeout")]
    await world.services.replies.send(1, emma, "Сейчас")
    await world.settle()
    (one,) = (await world.services.failures.page(emma)).items
    assert one.state == "uncertain"
    receipts = Receipts(world.deps, world.services.book)
    report = DeliveryReport(
        key="r1", account="site", at=world.clock.now(), state="delivered", out="1-2"
    )
    await receipts.report(report)
    await world.settle()
    assert (await world.services.failures.page(emma)).items == []
    await world.services.replies.send(1, emma, "И ещё")
    await world.settle()
    refused = DeliveryReport(
        key="r2", account="site", at=world.clock.now(), state="failed", out="1-3", reason="refused"
    )
    await receipts.report(refused)
    await receipts.report(refused)
    await world.settle()
    assert [one.entry for one in (await world.services.failures.page(emma)).items] == [3]


async def test_one_that_is_let_be_leaves_the_list_and_history_says_who_did_it() -> None:
    world = World()
    await broken(world, "anna", "boris")
    olga = await world.staff("olga")
    assert await world.services.failures.dismiss(["1-2", "1-2", "9-9"], olga) == 1
    await world.settle()
    assert [one.case for one in (await world.services.failures.page(olga)).items] == [2]
    case = await world.services.queries.raw(1, olga)
    line = case.history[-1]
    assert (line.action, line.who.login, line.data) == ("let_be", "olga", {"entry": "2"})


async def test_several_go_again_and_those_that_cannot_are_told() -> None:
    world = World()
    await broken(world, "anna", "boris")
    olga = await world.staff("olga")
    await world.services.casework.merge(2, 1, olga)
    done, refused = await world.services.failures.retry_many(["1-2", "2-2", "7-7"], olga)
    assert done == 1
    assert [(one.id, one.refusal.key) for one in refused] == [
        ("2-2", "wrong_state"),
        ("7-7", "not_found"),
    ]


class Reaches:
    """A sender that writes to telephones first."""

    def __init__(self, world: World) -> None:
        self.caps = world.channel.caps
        self.limits = world.channel.limits
        self.send = world.channel.send

    def reach(self, identity: Identity) -> Address | None:
        if identity.kind != "phone":
            return None
        return Address("sms", "kannel", identity.value, identity.key, f"sms:{identity.value}")


async def test_another_way_to_the_same_person_is_offered_where_a_proven_one_leads_there() -> None:
    world = World()
    await broken(world, "anna")
    world.deps.senders["sms"] = Reaches(world)  # type: ignore[index]
    olga = await world.staff("olga")
    contact = await world.store.contacts.get((await world.store.cases.get(1)).contact.id)
    failure = await world.services.failures.get("1-2", olga)
    assert await world.services.failures.ways(failure, olga) == []
    await world.services.contacts.proven(contact, Identity("phone", "+79161234567"))
    (way,) = await world.services.failures.ways(failure, olga)
    assert (way.channel, way.unreachable) == ("kannel", "")
    _, refused = await world.services.failures.retry_many(["1-2"], olga, channel="max")
    assert [one.refusal.key for one in refused] == ["no_address"]
    done, _ = await world.services.failures.retry_many(["1-2"], olga, channel="kannel")
    await world.settle()
    assert done == 1
    assert world.channel.sent[-1].to.account == "sms"
    case = await world.services.queries.raw(1, olga)
    assert case.by_seq(2).channel == "kannel"


async def test_only_who_may_send_again_sees_what_failed() -> None:
    world = World()
    await broken(world, "anna")
    ivan = await world.staff("ivan", "executor")
    failures = world.services.failures
    for asked in (
        failures.page(ivan),
        failures.counts(ivan),
        failures.get("1-2", ivan),
        failures.retry("1-2", ivan),
        failures.retry_many(["1-2"], ivan),
        failures.dismiss(["1-2"], ivan),
    ):
        with pytest.raises(Forbidden):
            await asked
    with pytest.raises(NotFound):
        await failures.retry("5-5", await world.staff("olga"))


async def test_open_pages_hear_of_the_list() -> None:
    world = World()
    await broken(world, "anna")
    assert ["failure"] in [event.what for event in world.heard.events]
