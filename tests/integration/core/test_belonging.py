"""Nobody reads, brings or holds what is not theirs; nobody is left with what they cannot do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.domain.catalog import ResultCode
from hub.domain.contact import Contact
from hub.domain.errors import Forbidden, Invalid, MergeCircle, NoAddress, NotFound
from hub.domain.message import Attachment, InlineFile
from hub.domain.staff import SYSTEM, Actor, Staff
from hub.store.store import Store
from tests.support.world import World

PROGRAM = Actor(kind="token", login="token:crm", name="crm", scopes=frozenset({"*"}))


async def bytes_of(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def contact_ids(world: World, *numbers: int) -> list[str]:
    return [(await world.services.book.load(number)).contact.id for number in numbers]


# ── executors ────────────────────────────────────────────────────────────────────────────────────


async def test_executor_reads_no_past_cases_of_the_flat_but_their_own() -> None:
    world = World()
    emma = await world.staff("emma")
    roman = await world.staff("roman", "executor")
    await world.say("личное")
    await world.services.casework.executors(1, emma, add=["roman"])
    await world.services.casework.close(1, emma)
    await world.services.residents.begin_anew("site:anna")
    await world.say("тоже личное")
    await world.services.casework.close(2, emma)
    await world.services.residents.begin_anew("site:anna")
    await world.say("кран течёт")
    await world.services.casework.executors(3, emma, add=["roman"])
    past = world.services.queries.past
    assert [view.number for view in await past(3, roman)] == [1]
    assert {view.number for view in await past(3, emma)} == {1, 2}


async def test_executor_is_told_nothing_of_queues() -> None:
    world = World()
    emma = await world.staff("emma")
    roman = await world.staff("roman", "executor")
    await world.say("раз")
    await world.say("два", "boris")
    await world.services.casework.executors(1, emma, add=["roman"])
    counts = await world.services.queries.counts(roman)
    assert (counts["mine"], counts["queue"]) == (1, 0)
    assert (await world.services.queries.counts(emma))["queue"] == 2


async def test_executor_opens_the_files_of_a_case_that_was_merged_into_theirs() -> None:
    world = World()
    emma = await world.staff("emma")
    roman = await world.staff("roman", "executor")
    photo = Attachment(id="f1", name="a.txt")
    await world.say("фото", attachments=[photo], inline=(InlineFile("f1", b"abc"),))
    await world.say("то же", "boris")
    await world.services.casework.executors(2, emma, add=["roman"])
    with pytest.raises(Forbidden):
        await world.services.uploads.info("f1", roman)
    await world.services.casework.merge(1, 2, emma)
    assert (await world.services.uploads.info("f1", roman)).size == 3


# ── files ────────────────────────────────────────────────────────────────────────────────────────


async def test_upload_is_sent_only_by_who_brought_it() -> None:
    """Naming another's upload would have put it into one's own case, and so before one's eyes."""
    world = World()
    emma = await world.staff("emma")
    oleg = await world.staff("oleg")
    await world.say("раз")
    stored = await world.services.uploads.put("паспорт.txt", bytes_of(b"4509"), emma)
    with pytest.raises(NotFound):
        await world.services.replies.comment(1, oleg, "вот", files=[stored.id])
    _, entry = await world.services.replies.comment(1, emma, "вот", files=[stored.id])
    assert [file.id for file in entry.files] == [stored.id]


# ── whose case it is ─────────────────────────────────────────────────────────────────────────────


async def test_case_is_given_only_to_who_may_answer() -> None:
    world = World()
    lead = await world.staff("lead", "supervisor")
    await world.staff("roman", "executor")
    await world.say("раз")
    with pytest.raises(Invalid):
        await world.services.casework.assign(1, "roman", lead)
    with pytest.raises(Invalid):
        await world.services.casework.transfer(1, lead, note="твоё", operator="roman")
    await world.services.casework.responsible(1, "roman", lead)
    await world.services.casework.executors(1, lead, add=["roman"])


async def test_case_that_a_program_gave_goes_back_to_its_queue() -> None:
    """It went «back» to a program's token: an operator whom no notice reaches."""
    world = World()
    emma = await world.staff("emma")
    await world.staff("oleg")
    await world.say("раз")
    await world.services.casework.transfer(1, PROGRAM, note="это вам", operator="emma")
    await world.settle()
    world.phone.rows.clear()
    await world.services.casework.hand_back(1, emma, note="не наше")
    await world.settle()
    case = await world.services.book.load(1)
    assert (case.operator, case.status) == ("", "new")
    assert case.thread[-1].text == "не наше"
    assert ("oleg", "released", 0) in world.phone.rows


async def test_messages_in_a_case_that_a_program_took_are_told_to_people() -> None:
    world = World()
    await world.staff("emma")
    await world.say("раз")
    await world.services.casework.take(1, PROGRAM)
    await world.settle()
    world.phone.rows.clear()
    await world.say("есть кто живой?")
    assert ("emma", "message", 2) in world.phone.rows


# ── links ──────────────────────────────────────────────────────────────────────────────────────


async def test_link_opened_by_five_at_once_lets_in_one(store: Store) -> None:
    world = World(store)
    await world.staff("emma", bot=False)
    people = world.services.people
    token = await people.one_time_link("emma", SYSTEM)
    came = await asyncio.gather(
        *(people.come_in(token, "staff", user, user) for user in range(1, 6)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Staff) for one in came) == 1
    assert len((await people.get("emma")).bots) == 1


async def test_two_links_opened_at_once_by_one_user_make_them_one_person(store: Store) -> None:
    """Both held: the user was whoever came first in the list of staff."""
    world = World(store)
    people = world.services.people
    tokens = []
    for login in ("emma", "lena"):
        await world.staff(login, bot=False)
        tokens.append(await people.one_time_link(login, SYSTEM))
    await asyncio.gather(
        *(people.come_in(token, "staff", 77, 77) for token in tokens), return_exceptions=True
    )
    held = [login for login in ("emma", "lena") if (await people.get(login)).link("staff")]
    assert len(held) == 1
    by_bot = await people.by_bot("staff", 77)
    assert by_bot is not None
    assert by_bot.login == held[0]


# ── answers ──────────────────────────────────────────────────────────────────────────────────────


async def test_account_that_only_takes_in_is_not_promised_an_answer() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.store.catalog.put_result(ResultCode(id="done", name="Решено"))
    world.deps.senders.pop("site")  # type: ignore[attr-defined]
    await world.say("раз")
    with pytest.raises(NoAddress):
        await world.services.replies.send(1, emma, "ответ")
    await world.services.casework.resolve(1, "done", emma)
    case = await world.services.book.load(1)
    assert (case.status, len(case.thread)) == ("resolved", 1)
    await world.settle()
    # Nobody is told how it stands either: a row that waits for that would wake for ever.
    assert [row.kind for row in (await world.services.book.load(1)).outbox] == []


async def test_merged_contact_is_answered_and_seen_by_every_way_it_has() -> None:
    world = World()
    lead = await world.staff("lead", "supervisor")
    for who in ("anna", "boris", "clara"):
        await world.say("раз", who)
    anna, boris, clara = await contact_ids(world, 1, 2, 3)
    await world.services.contacts.merge(anna, boris, lead)
    await world.services.contacts.merge(boris, clara, lead)
    standing = await world.services.contacts.get(anna, lead)
    assert standing.id == clara
    timeline = await world.services.queries.timeline(standing, lead)
    assert {view.number for view in timeline} == {1, 2, 3}
    ways = await world.services.replies.addresses(1)
    assert ways[0].to == "anna"
    assert {way.to for way in ways} == {"anna", "boris", "clara"}
    assert {case.number for case in await world.services.residents.cases(standing)} == {1, 2, 3}


async def test_merged_identity_is_reachable_again_when_it_writes() -> None:
    world = World()
    lead = await world.staff("lead", "supervisor")
    await world.say("раз")
    await world.say("раз", "boris")
    anna, boris = await contact_ids(world, 1, 2)
    await world.services.contacts.merge(anna, boris, lead)
    await world.services.contacts.unreachable("external:site:anna", "blocked")
    assert await reach(world, anna) == "blocked"
    await world.say("я снова здесь")
    assert await reach(world, anna) == ""


async def reach(world: World, contact_id: str) -> str:
    contact = await world.store.contacts.get(contact_id)
    assert contact is not None
    reason: str = contact.identities[0].unreachable
    return reason


async def test_contacts_merged_both_ways_at_once_make_no_circle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    lead = await world.staff("lead", "supervisor")
    await world.say("раз")
    await world.say("раз", "boris")
    anna, boris = await contact_ids(world, 1, 2)
    save = world.store.contacts.save
    both, first = asyncio.Barrier(2), {anna, boris}

    async def together(contact: Contact) -> None:
        # The merges themselves meet here; what is written after them goes its way.
        if contact.merged_into and contact.id in first:
            first.discard(contact.id)
            await both.wait()
        await save(contact)

    monkeypatch.setattr(world.store.contacts, "save", together)
    merge = world.services.contacts.merge
    results = await asyncio.gather(
        merge(anna, boris, lead), merge(boris, anna, lead), return_exceptions=True
    )
    assert any(isinstance(one, MergeCircle) for one in results)
    held = [await world.store.contacts.get(one) for one in (anna, boris)]
    assert not all(one is not None and one.merged_into for one in held)


@pytest.mark.parametrize(
    "fields", [{"kind": "dragon"}, {"vip": "да"}, {"name": True}, {"name": "я" * 501}]
)
async def test_edit_that_would_make_a_contact_unreadable_is_refused(
    fields: dict[str, str | bool],
) -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    (anna,) = await contact_ids(world, 1)
    with pytest.raises(Invalid):
        await world.services.contacts.edit(anna, fields, emma)


# ── crowds ───────────────────────────────────────────────────────────────────────────────────────


async def test_sixty_comments_at_once_are_sixty_comments(store: Store) -> None:
    """Twelve lost races were the end of it, and the rest heard that the store was down."""
    world = World(store)
    emma = await world.staff("emma")
    await world.say("раз")
    comment = world.services.replies.comment
    await asyncio.gather(*(comment(1, emma, f"заметка {number}") for number in range(60)))
    assert (await world.services.book.load(1)).seqs == 61


async def test_two_processes_write_to_one_case_at_once(store: Store) -> None:
    world = World(store)
    emma = await world.staff("emma")
    other = World(world.store)
    other.deps.ids.count = 1_000_000  # type: ignore[attr-defined]
    await world.say("раз")
    await asyncio.gather(
        *(
            services.replies.comment(1, emma, f"заметка {number}")
            for number in range(20)
            for services in (world.services, other.services)
        )
    )
    assert (await world.services.book.load(1)).seqs == 41
