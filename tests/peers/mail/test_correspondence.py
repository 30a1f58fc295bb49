"""A resident writes, is answered and writes again, through servers that nobody here wrote: Dovecot
and Exim of Debian. Reports of what did not arrive are Exim's own."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import suppress
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from channels.email.channel import Correspondence, build
from channels.email.poller import ImapPoller
from hub.domain.case import Case
from hub.domain.message import Address
from hub.domain.staff import Actor
from hub.ports.channel import CheckFailed, Kept, RawRequest
from hub.ports.channel_build import Account, ChannelDeps
from hub.texts import TemplateTexts
from tests.peers.mail.dovecot import PASSWORD, Dovecot, needed, until
from tests.peers.mail.exim import Exim
from tests.support.mailworld import written
from tests.support.world import World

pytestmark = needed

HOUSE = "case@uk.test"
WHO = "m.petrova@resident.test"


class Office(World):
    """The core over twins, with a real mailbox and a real server for what leaves."""

    def __init__(self, dovecot: Dovecot, exim: Exim) -> None:
        super().__init__()
        self.dovecot, self.exim = dovecot, exim
        self.made = build(self.account(), self.channel_deps())
        assert isinstance(self.made, Correspondence)
        self.deps.senders["office"] = self.made  # type: ignore[index]
        self.intake._receivers["office"] = self.made  # type: ignore[index]

    def account(self, password: str = PASSWORD) -> Account:
        imap = f"imap://{HOUSE}:{password}@127.0.0.1:{self.dovecot.imap}/INBOX"
        smtp = f"smtp://case:{password}@127.0.0.1:{self.exim.port}"
        options = {"address": HOUSE, "imap": imap, "smtp": smtp, "name": "УК «Уют»"}
        return Account(id="office", kind="email", options=options)

    def channel_deps(self) -> ChannelDeps:
        return ChannelDeps(
            clock=self.clock,
            files=self.store.files,
            public_url="http://127.0.0.1",
            file_url=lambda file: file,
            secret=b"one house",
            texts=TemplateTexts(self.clock, ZoneInfo("Europe/Moscow")),
            marks=self.store.marks,
        )

    async def accept(self, raw: RawRequest) -> Kept:
        self.made.verify(raw)
        key = self.made.key(raw)
        kept = await self.store.inbox.keep(raw, key)
        await self.kicks.take([key.lane])
        return kept

    async def run(self) -> None:
        """Poll, and let happen what follows."""
        poller = ImapPoller(
            "office",
            self.made._incoming,
            self.store.marks,
            self.clock,
            max_bytes=30_000_000,
            pauses=(0.05,),
        )
        async with asyncio.TaskGroup() as nursery:
            nursery.create_task(poller.listen(self.accept))
            nursery.create_task(self._settling())

    async def _settling(self) -> None:
        while True:
            await self.settle()
            await asyncio.sleep(0.02)

    async def case(self, number: int = 1) -> Case:
        found = await self.store.cases.get(number)
        assert found is not None
        return found

    async def becomes(self, number: int, seen: object) -> Case:
        """The case, once it is as wished."""
        assert callable(seen)
        async with asyncio.timeout(60):
            while True:
                case = await self.store.cases.get(number)
                if case is not None and seen(case):
                    return case
                await asyncio.sleep(0.02)

    def arrived(self, at: int = -1) -> EmailMessage:
        """What came to the residents' server."""
        read = email.message_from_bytes(
            self.exim.residents.mails[at][2], policy=email.policy.default
        )
        assert isinstance(read, EmailMessage)
        return read


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    dovecot = Dovecot()
    exim = Exim(dovecot.lmtp)
    await dovecot.start()
    await exim.start()
    world = Office(dovecot, exim)
    await world.group("north")
    running = asyncio.create_task(world.run())
    yield world
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await exim.stop()
    await dovecot.stop()


async def send(office: Office, raw: bytes, to: str = HOUSE) -> None:
    """A resident's mail, by way of the house's server."""
    import smtplib

    def carried() -> None:
        with smtplib.SMTP("127.0.0.1", office.exim.port) as line:
            line.sendmail(WHO, [to], raw)

    await asyncio.to_thread(carried)


async def first(office: Office, text: str = "С потолка течёт вода.") -> tuple[Case, Actor]:
    emma = await office.staff("emma", bot=False)
    await send(office, written(text, sender=WHO, to=HOUSE, id="1@resident.test"))
    return await office.becomes(1, lambda case: case.seqs == 1), emma


async def test_a_question_an_answer_and_a_thank_you_are_one_case(office: Office) -> None:
    _, emma = await first(office)
    await until(lambda: len(office.exim.residents.mails) == 1)
    assert office.arrived()["Auto-Submitted"] == "auto-replied"
    await office.services.replies.send(1, emma, "Слесарь будет сегодня.", key="r1")
    await until(lambda: len(office.exim.residents.mails) == 2)
    answer = office.arrived()
    assert "Слесарь будет сегодня." in answer.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert answer["Subject"] == "Re: Протечка [#1]"
    # Their program answers to Reply-To and keeps nothing else.
    to = answer["Reply-To"].addresses[0].addr_spec
    await send(office, written("Спасибо!", sender=WHO, to=to, subject="ок"), to)
    case = await office.becomes(1, lambda case: case.seqs == 3)
    assert [entry.text for entry in case.thread] == [
        "С потолка течёт вода.",
        "Слесарь будет сегодня.",
        "Спасибо!",
    ]
    assert await office.store.cases.get(2) is None


async def test_a_report_of_the_server_stands_at_the_answer(office: Office) -> None:
    _, emma = await first(office)
    case = await office.case()
    assert case.address is not None
    gone = Address("office", "email", "nosuch@uk.test", case.address.identity, "x")
    await office.services.book.change(
        1,
        lambda one: one.reply("Куда?", [], emma, office.clock.now(), key="r1", to=gone),
    )
    case = await office.becomes(
        1,
        lambda case: any(e.delivery and e.delivery.state == "failed" for e in case.thread),
    )
    entry = next(one for one in case.thread if one.delivery)
    assert entry.delivery is not None
    assert entry.delivery.reason == "mailbox_missing"
    assert await office.store.cases.get(2) is None


async def test_a_refusal_at_the_residents_server_comes_back_as_a_report(office: Office) -> None:
    _, emma = await first(office)
    case = await office.case()
    assert case.address is not None
    there = Address("office", "email", "reject@resident.test", case.address.identity, "x")
    await office.services.book.change(
        1, lambda one: one.reply("Ответ", [], emma, office.clock.now(), key="r1", to=there)
    )
    await office.becomes(
        1, lambda case: any(e.delivery and e.delivery.state == "failed" for e in case.thread)
    )


async def test_a_large_file_comes_in_whole(office: Office) -> None:
    data = bytes(range(256)) * 40_000
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = WHO, HOUSE, "Акт"
    mail.set_content("Акт во вложении.")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename="акт.bin")
    await send(office, mail.as_bytes())
    case = await office.becomes(1, lambda case: case.seqs == 1)
    (file,) = case.thread[0].files
    assert (file.name, file.size) == ("акт.bin", len(data))
    read = b"".join([chunk async for chunk in office.store.files.read(file.id)])
    assert read == data


async def test_servers_killed_while_a_mail_is_on_its_way_lose_nothing(office: Office) -> None:
    for number in range(4):
        text = written(f"Письмо {number}", sender=f"r{number}@resident.test", to=HOUSE)
        await send(office, text)
    await office.dovecot.kill()
    for number in range(4, 8):
        text = written(f"Письмо {number}", sender=f"r{number}@resident.test", to=HOUSE)
        await send(office, text)
    await office.dovecot.start()
    for number in range(8):
        await office.becomes(number + 1, lambda case: case.seqs == 1)
    assert await office.store.cases.get(9) is None


async def test_the_doctor_logs_in_to_both(office: Office) -> None:
    facts = await office.made.check()
    assert facts["address"] == HOUSE
    assert facts["imap"] == "idle"
    wrong = build(office.account("wrong"), office.channel_deps())
    assert isinstance(wrong, Correspondence)
    with pytest.raises(CheckFailed, match="imap_credentials"):
        await wrong.check()
