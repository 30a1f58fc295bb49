"""Messages into cases under races and crashes: each exactly once, in the case that was chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from hub.domain.case import Case
from hub.domain.message import Attachment, Inbound, InlineFile
from hub.domain.staff import Actor
from hub.ports.inbox import InboxRow
from tests.support.world import World


async def texts(world: World, number: int) -> list[str]:
    return [entry.text for entry in (await world.services.book.load(number)).thread]


async def row_of(world: World, message: Inbound) -> InboxRow:
    page = await world.store.inbox.page(account="", state=None, cursor=None, limit=100)
    return next(row for row in page.items if row.external_id == message.key)


async def everywhere(world: World) -> list[str]:
    """Every text of every case."""
    found = []
    number = 1
    while (case := await world.store.cases.get(number)) is not None:
        found += [entry.text for entry in case.thread]
        number += 1
    return sorted(found)


async def test_batch_of_new_and_known_conversations(world: World) -> None:
    await world.say("раз", "anna")
    for who, text in (("anna", "два"), ("boris", "три"), ("anna", "четыре"), ("vera", "пять")):
        await world.keep(world.inbound(text, who))
    await world.settle()
    assert await texts(world, 1) == ["раз", "два", "четыре"]
    assert await everywhere(world) == sorted(["раз", "два", "три", "четыре", "пять"])


async def test_number_is_on_the_row_before_the_case_is_touched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    open_many = world.store.cases.open_many

    async def watched(cases: Sequence[tuple[Case, str]]) -> list[int]:
        page = await world.store.inbox.page(account="", state="new", cursor=None, limit=9)
        seen.extend(row.case for row in page.items)
        return await open_many(cases)

    monkeypatch.setattr(world.store.cases, "open_many", watched)
    await world.say("раз")
    assert seen == [1]


async def test_case_that_got_in_first_takes_the_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers opened a case for one conversation at once; the index lets one in."""
    open_many = world.store.cases.open_many
    other = world.inbound("с другого узла", key="other", external_id="mo")
    calls = []

    async def late(cases: Sequence[tuple[Case, str]]) -> list[int]:
        if not calls:
            calls.append(1)
            theirs = cases[0][0]
            rival = Case(
                number=(await world.store.cases.numbers(1))[0],
                contact=theirs.contact,
                conversation=theirs.conversation,
                current=True,
                created_at=theirs.created_at,
                updated_at=theirs.updated_at,
            )
            rival.receive(other, world.clock.now())
            await world.store.cases.open(rival, "rival")
        return await open_many(cases)

    monkeypatch.setattr(world.store.cases, "open_many", late)
    message = await world.say("раз")
    assert await texts(world, 2) == ["с другого узла", "раз"]
    assert await world.store.cases.get(1) is None
    assert (await row_of(world, message)).case == 2


async def test_lost_race_on_a_known_case_is_tried_again(
    world: World, emma: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.say("раз")
    save_many = world.store.cases.save_many
    calls = []

    async def late(cases: Sequence[tuple[Case, str]]) -> list[int]:
        if not calls:
            calls.append(1)
            await world.services.casework.take(1, emma)
        return await save_many(cases)

    monkeypatch.setattr(world.store.cases, "save_many", late)
    await world.say("два")
    case = await world.services.book.load(1)
    assert (await texts(world, 1), case.operator) == (["раз", "два"], "emma")


@pytest.mark.parametrize("step", ["open_many", "save_many"])
@pytest.mark.parametrize("after", [False, True])
async def test_crash_at_any_step_files_the_message_once(
    world: World, step: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if step == "save_many":
        await world.say("раз")
    message = world.inbound("два")
    await world.keep(message)
    real = getattr(world.store.cases, step)

    async def killed(cases: object) -> object:
        if after:
            await real(cases)
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(world.store.cases, step, killed)
        with pytest.raises(asyncio.CancelledError):
            await world.settle()
    world.clock.forward(seconds=61)
    await world.timers.wake()
    await world.settle()
    assert (await everywhere(world)).count("два") == 1
    assert (await row_of(world, message)).state == "done"


async def test_retry_goes_only_to_the_case_that_was_chosen(
    world: World, emma: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saved, not marked done, and meanwhile /new: the repeat must not file it anew."""
    message = world.inbound("раз")
    await world.keep(message)

    async def killed(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(world.store.inbox, "done", killed)
        with pytest.raises(asyncio.CancelledError):
            await world.settle()
    await world.services.residents.begin_anew(message.conversation)
    world.clock.forward(seconds=61)
    await world.timers.wake()
    await world.settle()
    assert await everywhere(world) == ["раз"]


async def test_late_message_of_an_ended_case_opens_one_linked_case(
    world: World, emma: Actor
) -> None:
    await world.say("раз")
    await world.services.casework.close(1, emma)
    world.clock.forward(days=15)
    for text in ("два", "три"):
        await world.keep(world.inbound(text))
    await world.settle()
    linked = await world.services.book.load(2)
    assert (linked.linked, await texts(world, 2)) == (1, ["два", "три"])
    assert await world.store.cases.get(3) is None


async def test_circle_of_merges_ends_the_walk(world: World) -> None:
    """Two merges at once can point at each other; a message must still find a case."""
    await world.say("раз", "anna")
    await world.say("два", "boris")
    for number, into in ((1, 2), (2, 1)):
        case = await world.services.book.load(number)
        case.status, case.merged_into = "merged", into
        await world.store.cases.save(case, f"op{number}")
    await world.say("три", "anna")
    assert "три" in await everywhere(world)


async def test_file_inside_a_message_is_the_cases(world: World, emma: Actor) -> None:
    file = Attachment(id="f1", name="a.txt", mime="text/plain")
    await world.say("файл", attachments=[file], inline=(InlineFile("f1", b"abc"),))
    (shown,) = (await world.services.queries.case(1, emma)).thread[0].files
    assert (shown.id, shown.size, shown.state) == ("f1", 3, "ready")
    info = await world.services.uploads.info("f1", emma)
    assert (info.case, [part async for part in world.services.uploads.read(info)]) == (1, [b"abc"])


class LittleRoom(World):
    policy = replace(World.policy, max_file=1000)


async def test_file_over_the_limit_is_marked_and_the_message_stays() -> None:
    world = LittleRoom()
    file = Attachment(id="f1", name="big.bin")
    size = world.deps.policy.max_file + 1
    await world.say("файл", attachments=[file], inline=(InlineFile("f1", bytes(size)),))
    entry = (await world.services.book.load(1)).thread[0]
    assert (entry.text, entry.files[0].state, entry.files[0].reason) == (
        "файл",
        "failed",
        "file_too_large",
    )
