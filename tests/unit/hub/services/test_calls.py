"""Calls: who called, whose they are, which cases they belong to, their recordings."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from hub.domain.callevent import Party, Recording
from hub.domain.contact import Contact, KnownIdentity
from hub.domain.errors import Forbidden, Invalid, NotDialled, NotFound
from hub.domain.staff import Group
from hub.ports.calls import CallFilter
from hub.ports.channel import FetchFailed
from hub.ports.telephony import Refused
from hub.services.newcases import NewCase, NewContact
from tests.support.callworld import ANNA, LINE, OLEG, CallWorld


@pytest.fixture
def world() -> CallWorld:
    return CallWorld()


async def case_of(world: CallWorld, phone: str = "+79169999999") -> int:
    emma = await world.staff("opener")
    new = NewCase(text="Нет воды", key="k", contact=NewContact(phone=phone, name="Анна"))
    return (await world.services.new_cases.open(new, emma)).number


# ── who called ────────────────────────────────────────────────────────────────────────────────


async def test_a_call_proves_its_number(world: CallWorld) -> None:
    call = await world.hear("ringing")
    contact = await world.store.contacts.get(call.contact)
    assert contact.phone == ANNA
    assert contact.verified == [f"phone:{ANNA}"]
    again = await world.hear("ringing", "c2")
    assert again.contact == call.contact


async def test_whom_staff_wrote_the_number_down_for_is_who_calls(world: CallWorld) -> None:
    now = world.clock.now()
    anna = Contact(
        id="anna",
        name="Анна",
        phone=ANNA,
        premises="Ленина, 5, кв. 12",
        edited=["phone"],
        created_at=now,
        updated_at=now,
    )
    await world.store.contacts.add_many([anna])
    call = await world.hear("ringing")
    assert (call.contact, call.name, call.premises) == ("anna", "Анна", "Ленина, 5, кв. 12")
    assert f"phone:{ANNA}" in (await world.store.contacts.get("anna")).verified


async def test_who_only_claims_the_number_is_shown_as_possible(world: CallWorld) -> None:
    """A stranger who typed somebody's phone into a form becomes nobody by it."""
    now = world.clock.now()
    claims = [KnownIdentity(key=f"phone:{ANNA}", verified=False, since=now)]
    stranger = Contact(
        id="x", name="Кто-то", phone=ANNA, identities=claims, created_at=now, updated_at=now
    )
    await world.store.contacts.add_many([stranger])
    call = await world.hear("ringing")
    assert call.contact != "x"
    emma = await world.at("emma", "510")
    who = await world.services.calls.who(ANNA, emma)
    assert [one.id for one in who.maybe] == ["x"]
    assert who.known is not None
    assert who.known.id == "x"


async def test_hidden_numbers_and_inner_calls_make_no_contact(world: CallWorld) -> None:
    hidden = await world.hear("ringing", "c1", caller=Party(name="anonymous"))
    inner = await world.hear("ringing", "c2", direction="inner")
    out = await world.hear("ringing", "c3", OLEG, direction="out")
    assert [hidden.contact, inner.contact, out.contact] == ["", "", ""]


async def test_an_outgoing_call_to_somebody_known_is_theirs(world: CallWorld) -> None:
    first = await world.hear("ringing", "c1")
    out = await world.hear("ringing", "c2", direction="out")
    assert out.contact == first.contact


async def test_what_an_exchange_is_told_of_a_caller(world: CallWorld) -> None:
    emma = await world.at("emma", "510", "petrova")
    assert (await world.services.callers.caller(ANNA)).name == ""
    call = await world.hear("ringing")
    await world.services.contacts.edit(
        call.contact, {"name": "Анна", "premises": "Ленина, 5"}, emma
    )
    new = NewCase(text="Нет воды", key="k", contact=NewContact(id=call.contact))
    number = (await world.services.new_cases.open(new, emma)).number
    await world.services.casework.take(number, emma)
    told = await world.services.callers.caller(ANNA)
    assert (told.name, told.address, told.responsible) == ("Анна", "Ленина, 5", ("510", "petrova"))
    assert not told.blocked
    await world.services.calls.block(call.id, emma)
    assert (await world.services.callers.caller(ANNA)).blocked


# ── whose they are ────────────────────────────────────────────────────────────────────────────


async def test_an_operator_sees_their_own_calls_and_a_supervisor_all(world: CallWorld) -> None:
    emma, pavel = await world.at("emma", "510"), await world.at("pavel", "511")
    vera = await world.staff("vera", "supervisor")
    await world.spoken("c1", extension="510")
    await world.spoken("c2", extension="511")
    calls = world.services.calls
    assert [one.call for one in (await calls.page(CallFilter(), emma)).items] == ["c1"]
    assert [one.call for one in (await calls.page(CallFilter(), pavel)).items] == ["c2"]
    assert [one.call for one in (await calls.page(CallFilter(), vera)).items] == ["c2", "c1"]
    theirs = (await calls.page(CallFilter(), pavel)).items[0]
    with pytest.raises(NotFound):
        await calls.get(theirs.id, emma)
    assert (await calls.get(theirs.id, vera)).id == theirs.id
    with pytest.raises(Forbidden):
        await calls.page(CallFilter(), await world.staff("reader", "reader"))
    counts = await calls.counts(emma, world.clock.now() - timedelta(days=1))
    assert counts == {"in": 1, "out": 0, "missed": 0, "callbacks": 0}


async def test_it_rings_where_the_exchange_says_and_stops_when_somebody_answers(
    world: CallWorld,
) -> None:
    emma, pavel = await world.at("emma", "510"), await world.at("pavel", "511")
    ringing = world.services.calls.ringing
    await world.hear("ringing", leg="a", extension="510")
    assert [one.call for one in await ringing(emma)] == ["c1"]
    assert await ringing(pavel) == []
    await world.hear("answered", leg="a", extension="510")
    assert await ringing(emma) == []
    assert [one.call for one in await world.services.calls.talking(emma)] == ["c1"]
    assert await world.services.calls.talking(pavel) == []
    await world.hear("ended", result="answered")
    assert await world.services.calls.talking(emma) == []


async def test_where_the_exchange_does_not_say_it_rings_in_the_group_of_the_line(
    world: CallWorld,
) -> None:
    for group in ("north", "south"):
        await world.store.staff.put_group(Group(id=group, name=group))
    actors = {}
    for login, group in (("emma", "north"), ("pavel", "south")):
        await world.at(login)
        person = await world.store.staff.get(login)
        person.groups = [group]
        await world.store.staff.save(person)
        world.store.staff.forget()
        actors[login] = person
    await world.hear("ringing", group="north")
    letters = await world.store.letters.due(world.clock.now(), 9)
    assert letters == ["staff:emma:staff"]


async def test_each_hears_of_a_call_once_however_many_events_there_are(world: CallWorld) -> None:
    await world.at("emma", "510")
    for _ in range(3):
        await world.hear("ringing", leg="a", extension="510")
    assert await world.store.letters.due(world.clock.now(), 9) == ["staff:emma:staff"]
    letter = await world.store.letters.claim("staff:emma:staff", "me", world.clock.now(), 60)
    assert letter is not None
    letter.state = "sent"
    await world.store.letters.settle(letter)
    await world.hear("ringing", leg="a", extension="510")
    assert await world.store.letters.due(world.clock.now(), 9) == []


async def test_old_news_of_a_call_rings_nowhere(world: CallWorld) -> None:
    emma = await world.at("emma", "510")
    at = world.clock.now() - timedelta(minutes=5)
    await world.hear("ringing", leg="a", extension="510", at=at)
    assert await world.services.calls.ringing(emma) == []
    assert await world.store.letters.due(world.clock.now(), 9) == []


async def test_open_pages_hear_of_every_change(world: CallWorld) -> None:
    call = await world.hear("ringing")
    told = world.heard.events[-1]
    assert (told.what, told.call, told.case) == (["call"], call.id, 0)


# ── cases ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_call_is_attached_to_a_case_and_what_is_learnt_later_stands_there(
    world: CallWorld,
) -> None:
    emma = await world.at("emma", "510")
    number = await case_of(world)
    call = await world.hear("ringing", extension="510")
    await world.services.calls.attach(call.id, number, emma)
    await world.services.calls.attach(call.id, number, emma)
    world.later(seconds=4)
    await world.hear("answered", extension="510")
    world.later(seconds=30)
    await world.hear("ended", result="answered")
    view = await world.services.queries.case(number, emma)
    assert len(view.calls) == 1
    note = view.calls[0].call
    assert note is not None
    assert (note.caller, note.callee, note.talk, note.over) == (ANNA, "emma", 30, True)
    assert [line.action for line in view.history].count("call_attached") == 1
    assert [one.id for one in await world.services.calls.of_case(number, emma)] == [call.id]
    await world.services.calls.detach(call.id, number, emma)
    assert (await world.services.queries.case(number, emma)).calls == []
    assert await world.services.calls.of_case(number, emma) == []


async def test_a_call_may_stand_in_two_cases(world: CallWorld) -> None:
    emma = await world.at("emma", "510")
    first = await case_of(world)
    second = (await world.services.new_cases.open(NewCase(text="Лифт", key="k2"), emma)).number
    call = await world.spoken(extension="510")
    for number in (first, second):
        await world.services.calls.attach(call.id, number, emma)
        assert len((await world.services.queries.case(number, emma)).calls) == 1
    assert (await world.store.calls.get(call.id)).cases == [first, second]


async def test_calls_of_a_contact_include_those_of_whom_it_stands_for(world: CallWorld) -> None:
    emma = await world.at("emma", "510")
    vera = await world.staff("vera", "supervisor")
    first = await world.spoken("c1")
    second = await world.spoken("c2", OLEG)
    await world.services.contacts.merge(second.contact, first.contact, vera)
    anna = await world.store.contacts.get(first.contact)
    found = await world.services.calls.of_contact(anna, emma)
    assert [one.call for one in found] == ["c2", "c1"]


# ── recordings ────────────────────────────────────────────────────────────────────────────────


async def test_a_recording_that_is_not_there_yet_is_asked_for_again(world: CallWorld) -> None:
    emma = await world.at("emma", "510")
    not_yet = FetchFailed("file_not_ready", final=False)
    world.pbx.sounds["r"] = [not_yet, not_yet, b"", b"ID3" + b"\0" * 2000]
    await world.spoken(extension="510")
    ready = world.clock.now() + timedelta(seconds=40)
    call = await world.hear(
        "recording", "c2", recording=Recording(id="r", ref="r", ready=ready, duration=60)
    )
    number = await case_of(world)
    await world.services.calls.attach(call.id, number, emma)
    await world.services.recordings.sweep()
    assert (await world.store.calls.get(call.id)).recordings[0].tries == 0
    tries = 0
    while (await world.store.calls.get(call.id)).recordings[0].state == "waiting":
        world.clock.time = (await world.store.calls.get(call.id)).fetch_at
        await world.services.recordings.sweep()
        tries += 1
        assert tries < 9
    assert tries == 4
    _, kept, info = await world.services.calls.recording(call.id, emma)
    assert (kept.state, info.size) == ("ready", 2003)
    assert b"".join([one async for one in world.services.calls.read(info, 0, 3)]) == b"ID3"
    note = (await world.services.queries.case(number, emma)).calls[0].call
    assert note is not None
    assert (note.sound, note.duration) == ("ready", 60)


async def test_a_recording_that_is_gone_is_said(world: CallWorld) -> None:
    vera = await world.staff("vera", "supervisor")
    world.pbx.sounds["r"] = [FetchFailed("file_gone", final=True)]
    call = await world.hear("recording", recording=Recording(id="r", ref="r"))
    await world.services.recordings.sweep()
    kept = (await world.store.calls.get(call.id)).recordings[0]
    assert (kept.state, kept.reason) == ("failed", "file_gone")
    with pytest.raises(NotFound):
        await world.services.calls.recording(call.id, vera)
    world.pbx.sounds["r"] = [b"RIFF"]
    await world.services.calls.again(call.id, vera)
    await world.services.recordings.sweep()
    assert (await world.store.calls.get(call.id)).recordings[0].state == "ready"


async def test_an_account_whose_exchange_keeps_none_is_told_apart(world: CallWorld) -> None:
    assert world.services.calls.records("pbx")
    assert not world.services.calls.records("other")
    world.pbx.recordings = False
    assert not world.services.calls.records("pbx")


# ── commands ──────────────────────────────────────────────────────────────────────────────────


async def test_click_to_call_rings_at_ones_own_desk(world: CallWorld) -> None:
    emma = await world.at("emma", "510")
    await world.services.dialler.call(ANNA, emma)
    assert world.pbx.orders == [("call", "510", ANNA)]
    world.pbx.answers = [Refused("busy")]
    with pytest.raises(NotDialled) as refused:
        await world.services.dialler.call(ANNA, emma)
    assert refused.value.params["reason"] == "busy"
    with pytest.raises(Invalid):
        await world.services.dialler.call("112", emma)


async def test_who_has_no_telephone_here_cannot_call(world: CallWorld) -> None:
    nobody = await world.at("nobody")
    assert await world.services.dialler.ways(nobody) == []
    with pytest.raises(NotDialled):
        await world.services.dialler.call(ANNA, nobody)
    with pytest.raises(Forbidden):
        await world.services.dialler.call(ANNA, await world.staff("oleg", "executor"))


async def test_hanging_up_and_passing_on_name_the_leg_where_staff_speak(world: CallWorld) -> None:
    emma = await world.at("emma", "510")
    await world.at("pavel", "511")
    await world.hear("ringing", leg="a", extension="510", seq=1)
    call = await world.hear("answered", leg="a", extension="510", seq=2)
    assert world.services.dialler.can(call) == {"hang_up", "transfer"}
    await world.services.dialler.transfer(call.id, "pavel", emma)
    await world.services.dialler.transfer(call.id, "777", emma)
    await world.services.dialler.hang_up(call.id, emma)
    assert world.pbx.orders == [
        ("transfer", "c1", "a", "511"),
        ("transfer", "c1", "a", "777"),
        ("hang_up", "c1", "a"),
    ]
    await world.at("without")
    with pytest.raises(NotDialled):
        await world.services.dialler.transfer(call.id, "without", emma)


# ── races ─────────────────────────────────────────────────────────────────────────────────────


async def test_events_in_any_order_with_repeats_leave_the_same_call(world: CallWorld) -> None:
    """Through the service and the store, not only in the fold."""
    seed = random.Random(4)
    at = world.clock.now()
    story = [
        ("ringing", {"at": at, "key": "pbx:a"}),
        ("ringing", {"at": at, "key": "pbx:b", "leg": "x", "extension": "510"}),
        ("answered", {"at": at + timedelta(seconds=5), "key": "pbx:c", "leg": "x"}),
        ("ended", {"at": at + timedelta(seconds=50), "key": "pbx:d", "result": "answered"}),
        ("recording", {"at": at, "key": "pbx:e", "recording": Recording(id="r", ref="r")}),
    ]
    seen = set()
    for turn in range(12):
        told = [*story, *seed.choices(story, k=3)]
        seed.shuffle(told)
        for kind, said in told:
            said = {**said, "key": f"{said['key']}:{turn}"}
            call = await world.hear(kind, f"call{turn}", **said)
        facts = call.facts
        seen.add((facts.talk, facts.waiting, facts.result, facts.number, facts.line, facts.rung))
        assert len(call.events) == len(story)
        assert len(call.recordings) == 1
    assert seen == {(45, 5, "answered", ANNA, LINE, ("510",))}


async def test_where_nobody_is_named_the_missed_call_is_everybodys_in_the_group(
    world: CallWorld,
) -> None:
    emma = await world.at("emma")
    call = await world.missed()
    assert call.rung == ["emma"]
    page = await world.services.calls.page(CallFilter(kind="missed"), emma)
    assert [one.id for one in page.items] == [call.id]


async def test_who_answers_with_a_telephone_of_their_own_is_known_by_its_number(
    world: CallWorld,
) -> None:
    await world.at("emma")
    person = await world.store.staff.get("emma")
    assert person is not None
    person.phone = "+79035550000"
    await world.store.staff.save(person)
    world.store.staff.forget()
    call = await world.hear("answered", extension="+79035550000")
    assert call.staff == ["emma"]


async def test_a_saved_recording_says_when_and_with_whom(world: CallWorld) -> None:
    vera = await world.staff("vera", "supervisor")
    world.pbx.sounds["r"] = [b"ID3" + b"\0" * 64]
    call = await world.hear("recording", recording=Recording(id="r", ref="r"))
    await world.services.recordings.sweep()
    _, _, info = await world.services.calls.recording(call.id, vera)
    assert info.name == "2026-11-23_12-00-00_79160000001.mp3"
