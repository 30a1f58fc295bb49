"""A mailbox of Dovecot is followed: kicked, killed, numbered anew; nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from channels.email import imap, keys
from channels.email.poller import Begin, ImapPoller
from channels.email.servers import Server
from hub.domain.errors import StoreDown
from hub.ports.channel import Kept, RawRequest
from hub.ports.clock import SystemClock
from tests.peers.mail.dovecot import PASSWORD, Dovecot, needed, until
from tests.support.mailworld import written
from tests.support.memory import Memory

pytestmark = needed

USER = "case@uk.test"


class Rows:
    """An inbox: what was kept, by what it says; it may be down."""

    def __init__(self) -> None:
        self.rows: dict[str, RawRequest] = {}
        self.repeats = 0
        self.down = False

    async def accept(self, raw: RawRequest) -> Kept:
        if self.down:
            raise StoreDown(what="inbox")
        name = keys.key("office", raw.body, "1").external_id
        self.repeats += name in self.rows
        self.rows.setdefault(name, raw)
        return Kept(name, "new")

    @property
    def texts(self) -> list[bytes]:
        return [raw.body for raw in self.rows.values()]


NAME = f"imap:office:{USER}:INBOX"


class Office:
    """A poller over a server, with what it must remember."""

    def __init__(self, dovecot: Dovecot) -> None:
        self.dovecot = dovecot
        self.memory = Memory()
        self.inbox = Rows()

    @asynccontextmanager
    async def polling(
        self, begin: Begin = "unseen", renew: float = 30.0, max_bytes: int = 1_000_000
    ) -> AsyncIterator[ImapPoller]:
        server = Server(
            host="127.0.0.1", port=self.dovecot.imap, tls=False, user=USER, password=PASSWORD
        )
        poller = ImapPoller(
            "office",
            server,
            self.memory.marks,
            SystemClock(),
            begin=begin,
            max_bytes=max_bytes,
            pauses=(0.05, 0.2),
            renew=renew,
            patience=30.0,
        )
        task = asyncio.create_task(poller.listen(self.inbox.accept))
        try:
            yield poller
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def read(self, place: int) -> None:
        """Wait until it is written down that the folder was read so far: a mail is kept first."""
        async with asyncio.timeout(60):
            while (mark := await self.memory.marks.get(NAME)) is None or mark.place < place:
                await asyncio.sleep(0.02)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    dovecot = Dovecot()
    await dovecot.start()
    yield Office(dovecot)
    await dovecot.stop()


def mail(number: int, text: str = "Нет воды.") -> bytes:
    return written(text, to=USER, subject=f"Письмо {number}", id=f"{number}@mail.test")


async def test_what_lay_there_and_what_comes_is_kept_and_marked_after_that(office: Office) -> None:
    await office.dovecot.deliver(USER, mail(1))
    async with office.polling() as poller:
        await until(lambda: len(office.inbox.rows) == 1 and not poller.trouble)
        await office.dovecot.deliver(USER, mail(2))
        await until(lambda: len(office.inbox.rows) == 2)
        async with asyncio.timeout(60):
            while await office.dovecot.unseen(USER):
                await asyncio.sleep(0.05)
    assert b"Subject: =?utf-8" in office.inbox.texts[0]
    assert office.inbox.repeats == 0


async def test_a_mail_is_not_marked_while_the_store_is_down_and_is_kept_later(
    office: Office,
) -> None:
    office.inbox.down = True
    async with office.polling() as poller:
        await office.dovecot.deliver(USER, mail(1))
        await until(lambda: poller.trouble == "store")
        assert await office.dovecot.unseen(USER) == 1
        office.inbox.down = False
        await until(lambda: len(office.inbox.rows) == 1)


async def test_a_kicked_connection_comes_back_by_itself(office: Office) -> None:
    async with office.polling() as poller:
        for number in range(3):
            await office.dovecot.deliver(USER, mail(number))
            await until(lambda: len(office.inbox.rows) == number + 1)  # noqa: B023
            await office.dovecot.doveadm("kick", USER)
        await office.dovecot.deliver(USER, mail(9))
        await until(lambda: len(office.inbox.rows) == 4)
        await until(lambda: not poller.trouble)


async def test_a_server_killed_in_the_middle_loses_nothing(office: Office) -> None:
    async with office.polling():
        for number in range(5):
            await office.dovecot.deliver(USER, mail(number))
        await until(lambda: office.inbox.rows)
        await office.dovecot.kill()
        await office.dovecot.start()
        await office.dovecot.deliver(USER, mail(99))
        await until(lambda: len(office.inbox.rows) == 6)


async def test_another_poller_goes_on_where_this_one_was(office: Office) -> None:
    async with office.polling():
        await office.dovecot.deliver(USER, mail(1))
        await office.read(1)
    await office.dovecot.deliver(USER, mail(2))
    # Somebody read it in the meantime, in another program.
    await office.dovecot.doveadm("flags", "add", "-u", USER, "\\Seen", "mailbox", "INBOX", "all")
    async with office.polling():
        await until(lambda: len(office.inbox.rows) == 2)
    assert office.inbox.repeats == 0


async def test_a_folder_numbered_anew_is_read_again_without_repeats(office: Office) -> None:
    async with office.polling():
        await office.dovecot.deliver(USER, mail(1))
        # A mail is kept first, how far the folder was read is written after it.
        await until(lambda: office.inbox.rows and NAME in office.memory.marks._rows)
    mark = await office.memory.marks.get(NAME)
    assert mark is not None
    mark.scope, mark.place = "1", 4000
    await office.memory.marks.put(mark)
    await office.dovecot.deliver(USER, mail(2))
    async with office.polling() as poller:
        await until(lambda: len(office.inbox.rows) == 2 and not poller.trouble)
        await office.dovecot.deliver(USER, mail(3))
        await until(lambda: len(office.inbox.rows) == 3)
    assert office.inbox.repeats == 1


@pytest.mark.parametrize(("begin", "count"), [("all", 2), ("unseen", 1), ("new", 0)])
async def test_where_the_very_first_start_begins(office: Office, begin: Begin, count: int) -> None:
    await office.dovecot.deliver(USER, mail(1))
    await office.dovecot.doveadm("flags", "add", "-u", USER, "\\Seen", "mailbox", "INBOX", "all")
    await office.dovecot.deliver(USER, mail(2))
    async with office.polling(begin) as poller:
        await until(lambda: not poller.trouble)
        assert len(office.inbox.rows) == count
        await office.dovecot.deliver(USER, mail(3))
        await until(lambda: len(office.inbox.rows) == count + 1)


async def test_of_a_mail_that_is_too_large_the_beginning_is_kept(office: Office) -> None:
    async with office.polling(max_bytes=300_000):
        await office.dovecot.deliver(USER, mail(1, "Очень много слов.\n" * 40_000))
        await until(lambda: office.inbox.rows)
    (raw,) = office.inbox.rows.values()
    assert len(raw.body) == 256 * 1024
    assert int(raw.headers["x-mail-size"]) > 300_000


async def test_a_quiet_connection_is_renewed_and_hears_what_comes(office: Office) -> None:
    async with office.polling(renew=0.2) as poller:
        await until(lambda: not poller.trouble)
        for number in range(4):
            await office.dovecot.deliver(USER, mail(number))
            await until(lambda: len(office.inbox.rows) == number + 1)  # noqa: B023
        assert await office.dovecot.connections(USER) == 1


async def test_many_mails_at_once(office: Office) -> None:
    for number in range(120):
        await office.dovecot.deliver(USER, mail(number))
    async with office.polling():
        await until(lambda: len(office.inbox.rows) == 120)
    assert office.inbox.repeats == 0


async def test_a_wrong_password_is_said_as_such(office: Office) -> None:
    server = Server(host="127.0.0.1", port=office.dovecot.imap, tls=False, user=USER, password="x")
    with pytest.raises(imap.Trouble, match="credentials"):
        async with imap.opened(server, 10.0):
            pass
