"""One mail to two of our mailboxes is one case; two mails that share an id are two."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest

from channels.email.channel import Correspondence, build
from hub.domain.message import Rejected
from hub.domain.staff import Actor
from hub.domain.thread import EVERYWHERE
from hub.ports.channel import RawRequest
from hub.ports.channel_build import Account, ChannelDeps
from hub.services.intake import Intake
from hub.store import paging
from hub.store.store import Store
from tests.support.mailworld import ACCOUNT, MailWorld, written
from tests.support.world import START

OTHER, ADDRESS = "board", "board@uk.example"
LATE = START + timedelta(days=9)
BOTH = f"case@uk.example, {ADDRESS}"
ID = "one@mail.example"


class TwoBoxes(MailWorld):
    """The house has a second mailbox."""

    def __init__(self, store: Any = None) -> None:
        super().__init__(store=store)
        options = {
            "address": ADDRESS,
            "imap": "imap://board:secret@127.0.0.1:9/INBOX",
            "smtp": "smtp://board:secret@127.0.0.1:9",
        }
        deps = ChannelDeps(
            clock=self.clock,
            files=self.store.files,
            public_url="http://127.0.0.1",
            file_url=lambda file: file,
            secret=b"one house",
            marks=self.store.marks,
        )
        made = build(Account(id=OTHER, kind="email", options=options), deps)
        assert isinstance(made, Correspondence)
        made.carry = self._carry
        self.other = made
        self.deps.senders[OTHER] = made  # type: ignore[index]
        self.intake._receivers[OTHER] = made  # type: ignore[index]

    async def fetched_there(self, raw: bytes) -> str:
        """The other mailbox has this mail; the lane in which it waits."""
        self.uid += 1
        request = RawRequest(
            account=OTHER,
            method="POLL",
            headers={"x-mailbox-uid": f"7.{self.uid}"},
            body=raw,
            received_at=self.clock.now(),
        )
        key = self.other.key(request)
        await self.store.inbox.keep(request, key)
        await self.kicks.take([key.lane])
        return key.lane

    async def take_there(self, raw: bytes) -> None:
        await self.fetched_there(raw)
        await self.settle()

    def notices(self, what: str = "new") -> int:
        return sum(row[1] == what for row in self.phone.rows)


async def house(store: Any = None) -> TwoBoxes:
    world = TwoBoxes(store)
    await world.group("north")
    person = await world.staff("emma")
    assert person.login == "emma"
    directory = await world.store.staff.directory()
    emma = directory.staff["emma"]
    emma.groups = ["north"]
    await world.store.staff.save(emma)
    world.store.staff.forget()
    return world


def mail(text: str = "Течёт крыша.", **headers: str) -> bytes:
    return written(text, **{"to": BOTH, "id": ID, **headers})


async def boss(world: TwoBoxes) -> Actor:
    return Actor.of((await world.services.people.directory()).staff["emma"])


async def one_noted_case(world: TwoBoxes, account: str = OTHER) -> None:
    (case,) = await world.cases()
    (entry,) = [line for line in case.thread if line.direction == "in"]
    assert [copy.account for copy in entry.copies] == [account]
    assert await world.store.inbox.waiting([f"{ACCOUNT}:m.petrova@mail.example"], 9, LATE) == []
    assert await world.store.inbox.waiting([f"{OTHER}:m.petrova@mail.example"], 9, LATE) == []


async def test_the_second_copy_is_noted_and_calls_nobody() -> None:
    world = await house()
    await world.take(b"Delivered-To: case@uk.example\r\n" + mail())
    told, letters = len(world.phone.rows), len(world.sent)
    assert world.notices() == 1
    assert letters == 1
    unread = (await world.services.book.load(1)).unread
    await world.take_there(b"Delivered-To: board@uk.example\r\n" + mail())
    await one_noted_case(world)
    assert world.notices() == 1
    assert {row[1] for row in world.phone.rows[told:]} <= {"card"}
    assert len(world.sent) == letters, "the writer is confirmed once"
    assert (await world.services.book.load(1)).unread == unread
    view = (await world.services.queries.case(1, await boss(world))).thread[0]
    assert view.copies == [ADDRESS]
    await world.take_there(b"Received: once more\r\n" + mail())
    await one_noted_case(world)


@pytest.mark.parametrize("order", [(ACCOUNT, OTHER), (OTHER, ACCOUNT)])
async def test_copies_that_wait_together_are_one_case(order: tuple[str, str]) -> None:
    world = await house()
    for account in order:
        await (world.fetched(mail()) if account == ACCOUNT else world.fetched_there(mail()))
    await world.settle()
    await one_noted_case(world, order[1])
    assert world.notices() == 1
    await world.say("Другое", "boris")
    assert [case.number for case in await world.cases()] == [1, 2], "no number is wasted"


async def race(world: TwoBoxes, raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes look for the mail at the same time, and neither finds it."""
    await world.fetched(raw)
    lanes = list(world.kicks.lanes)
    there = await world.fetched_there(raw)
    world.kicks.lanes.clear()
    other = Intake(
        world.deps,
        world.services.book,
        world.services.contacts,
        {ACCOUNT: world.mailbox, OTHER: world.other},
    )
    ask, looking = world.store.cases.keys_held, asyncio.Barrier(2)
    looked: list[bool] = []

    async def both(keys: Any) -> dict[str, int]:
        found: dict[str, int] = await ask(keys)
        if len(looked) < 2:
            looked.append(True)
            async with asyncio.timeout(20):
                await looking.wait()
        return found

    monkeypatch.setattr(world.store.cases, "keys_held", both)
    await asyncio.gather(world.intake.take(lanes), other.take([there]))
    await world.settle()
    assert len(looked) == 2


def with_file(**headers: str) -> bytes:
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Message-ID"] = "m.petrova@mail.example", BOTH, f"<{ID}>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("Акт во вложении.")
    made.add_attachment(b"%PDF-1.7 act", "application", "pdf", filename="act.pdf")
    return made.as_bytes()


async def found_once(world: TwoBoxes) -> None:
    cases = [one for one in [await world.store.cases.get(n) for n in range(1, 6)] if one]
    holders = [one for one in cases if any(line.external_ids == [ID] for line in one.thread)]
    assert len(holders) == 1
    (entry,) = [line for line in holders[0].thread if line.external_ids == [ID]]
    assert len(entry.copies) == 1
    (file,) = entry.files
    info = await world.store.files.info(file.id)
    assert info is not None
    assert info.case == holders[0].number, "its files are read with the rights of that case"
    assert world.notices() == 1


async def test_two_processes_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await house()
    await race(world, with_file(), monkeypatch)
    await found_once(world)


async def test_two_processes_at_the_same_moment_over_the_real_store(
    mongo_url: str, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(mongo_url, database)
    await store.prepare()
    try:
        world = await house(store)
        await race(world, with_file(), monkeypatch)
        await found_once(world)
        held = await store.cases.by_externals([(EVERYWHERE, ID)])
        for number, take in enumerate((world.take, world.take_there)):
            name = f"{number}@mail.example"
            await take(written("Ещё", id=name, subject="и", In_Reply_To=f"<{ID}>"))
            found = await store.cases.by_externals([(EVERYWHERE, name)])
            assert list(found.values()) == list(held.values())
    finally:
        await store.close()


async def test_copies_of_an_answer_to_one_case_at_the_same_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await house()
    await world.take(written("Начало", id="zero@mail.example"))
    await race(world, with_file(In_Reply_To="<zero@mail.example>"), monkeypatch)
    await found_once(world)
    assert [case.number for case in await world.cases()] == [1]


@pytest.mark.parametrize(
    "headers", [{"In_Reply_To": "<zero@mail.example>"}, {"subject": "Re: Начало"}]
)
async def test_a_copy_that_is_first_where_nobody_knows_the_case_finds_it(
    headers: dict[str, str],
) -> None:
    """The resident wrote to one mailbox and added the other in the answer: that one was first, made
    a case of its own, and the copy at the first mailbox came to it."""
    world = await house()
    await world.take(written("Начало", id="zero@mail.example", subject="Начало"))
    raw = mail("Дальше", **headers)
    await world.take_there(raw)
    await world.take(raw)
    (case,) = await world.cases()
    assert [line.text for line in case.thread if line.direction == "in"] == ["Начало", "Дальше"]


@pytest.mark.parametrize("change", ["text", "subject", "sender", "file"])
async def test_another_mail_under_the_same_id_is_a_case_of_its_own(change: str) -> None:
    world = await house()
    await world.take(mail())
    other = {
        "text": lambda: mail("Совсем другое."),
        "subject": lambda: mail(subject="Не то"),
        "sender": lambda: mail(sender="oleg@mail.example"),
        "file": lambda: with_file(Subject="Протечка"),
    }[change]()
    await world.take_there(other)
    first, second = await world.cases()
    assert not first.thread[0].copies
    assert not second.thread[0].copies
    assert world.notices() == 2


async def test_mails_without_an_id_are_never_taken_for_copies() -> None:
    world = await house()
    await world.take(mail(id=""))
    await world.take_there(mail(id=""))
    assert len(await world.cases()) == 2


@pytest.mark.parametrize("there", [False, True])
async def test_who_refers_to_either_copy_finds_the_case(there: bool) -> None:
    world = await house()
    await world.take(mail())
    await world.take_there(mail())
    answer = written("И стена тоже.", id="two@mail.example", subject="ещё", In_Reply_To=f"<{ID}>")
    await (world.take_there(answer) if there else world.take(answer))
    (case,) = await world.cases()
    said = [line.text for line in case.thread if line.direction == "in"]
    assert said == ["Течёт крыша.", "И стена тоже."]


async def test_a_copy_that_comes_when_the_first_stands_on_an_older_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, few in (("MAX_ENTRIES", 4), ("KEEP_ENTRIES", 2), ("MAX_UNFINISHED", 0)):
        monkeypatch.setattr(paging, name, few)
    world = await house()
    await world.take(mail())
    for number in range(6):
        await world.take(
            written(f"Ещё {number}", id=f"{number}@mail.example", In_Reply_To=f"<{ID}>")
        )
    assert (await world.services.book.load(1)).by_seq(1) is None
    await world.take_there(mail())
    old = await world.store.cases.paged_entry(1, 1)
    assert [copy.to for copy in old.copies] == [ADDRESS]
    answer = written("Ну что?", id="z@mail.example", subject="и", In_Reply_To=f"<{ID}>")
    await world.take_there(answer)
    assert len(await world.cases()) == 1


async def test_a_strangers_copy_asks_the_staff_once() -> None:
    world = await house()
    await world.take(written("Начало", id="zero@mail.example"))
    raw = mail("Я сосед.", sender="oleg@mail.example", In_Reply_To="<zero@mail.example>")
    await world.take(raw)
    told = len(world.phone.rows)
    await world.take_there(raw)
    (case,) = await world.cases()
    (guest,) = [line for line in case.thread if line.guest is not None]
    assert [copy.to for copy in guest.copies] == [ADDRESS]
    assert {row[1] for row in world.phone.rows[told:]} <= {"card"}


async def test_an_answer_goes_out_once_from_where_the_first_copy_came_to() -> None:
    world = await house()
    await world.take(mail())
    await world.take_there(mail())
    letters = len(world.sent)
    world.outcomes = [Rejected("refused")]
    await world.services.replies.send(1, await boss(world), "Едем.", key="r")
    await world.settle()
    assert len(world.sent) == letters + 1
    assert world.letter()["From"].addresses[0].addr_spec == "case@uk.example"
