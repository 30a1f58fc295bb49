"""A centre that fails in every way it can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress

import pytest

from channels.smpp import channel as smpp
from channels.smpp import pdu, session
from channels.smpp.pdu import Message, Pdu
from hub.domain.message import Accepted, Address, Deferred, Outbound, Outcome, Rejected, Unsure
from hub.ports.channel import CheckFailed, Forged, Kept, RawRequest
from hub.ports.channel_build import Account, BadAccount
from tests.contract.channels.samples import deps

TO = Address("sms", "smpp", "+79161234567", "phone:+79161234567", "sms:+79161234567")
LONG = "ы" * 150


class Centre:
    """Speaks raw PDUs. `bind_status` answers binds; `submits` the submits one by one: a status,
    «drop», «silent» or «nack»."""

    def __init__(self) -> None:
        self.bind_status: Callable[[int], int] = lambda command: 0
        self.submits: list[int | str] = []
        self.binds: list[int] = []
        self.heard: list[Pdu] = []
        self.writer: asyncio.StreamWriter | None = None
        self.news = asyncio.Condition()
        self.served: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.server.close()
        for one in self.served:
            one.cancel()
        await asyncio.gather(*self.served, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        task = asyncio.current_task()
        assert task is not None
        self.served.append(task)
        with closing(writer), suppress(OSError, EOFError, pdu.Broken):
            while True:
                head = await reader.readexactly(4)
                said = pdu.decode(head + await reader.readexactly(int.from_bytes(head, "big") - 4))
                async with self.news:
                    self.heard.append(said)
                    self.news.notify_all()
                await self._answer(said, writer)

    async def _answer(self, said: Pdu, writer: asyncio.StreamWriter) -> None:
        command = said.command | pdu.RESPONSE
        if said.command in {pdu.BIND_RECEIVER, pdu.BIND_TRANSMITTER, pdu.BIND_TRANSCEIVER}:
            self.binds.append(said.command)
            writer.write(
                Pdu(command, self.bind_status(said.command), said.sequence, b"C\0").encode()
            )
        elif said.command == pdu.SUBMIT_SM:
            status = self.submits.pop(0) if self.submits else 0
            if status == "drop":
                writer.transport.abort()
            elif status == "nack":
                writer.write(Pdu(pdu.GENERIC_NACK, 0, said.sequence).encode())
            elif isinstance(status, int):
                id = f"id{len(self.heard)}\0".encode()
                writer.write(
                    Pdu(command, status, said.sequence, id if not status else b"").encode()
                )
        elif said.command == pdu.ENQUIRE_LINK:
            writer.write(Pdu(command, 0, said.sequence).encode())
        await writer.drain()

    async def hears(self, *commands: int) -> None:
        """Wait until these came, in this order among others. Who waits may be late: more of them
        may have come by then."""

        def came() -> bool:
            among = [one.command for one in self.heard if one.command in commands]
            return among[: len(commands)] == list(commands)

        async with asyncio.timeout(60), self.news:
            await self.news.wait_for(came)

    def say(self, said: Pdu) -> None:
        assert self.writer is not None
        self.writer.write(said.encode())


@pytest.fixture
async def centre() -> AsyncIterator[Centre]:
    one = Centre()
    await one.start()
    yield one
    await one.stop()


def made(port: object, **more: object) -> smpp.Centre:
    options = {
        "host": "127.0.0.1",
        "port": port,
        "system_id": "hub",
        "password": "word",
        "sender": "UKDOM",
        **more,
    }
    found = smpp.build(Account(id="sms", kind="smpp", options=options), deps())
    assert isinstance(found, smpp.Centre)
    return found


@pytest.fixture
async def gateway(centre: Centre) -> AsyncIterator[smpp.Centre]:
    found = made(centre.port)
    yield found
    await found.close()


def out(text: str = "Hello") -> Outbound:
    return Outbound(id="12-3", to=TO, text=text)


@pytest.mark.parametrize(
    ("submits", "text", "outcome"),
    [
        ([0], "Hello", Accepted(("id2@79161234567",))),
        ([0x0B], "Hello", Rejected("number", "0x0000000b")),
        ([0x0A], "Hello", Rejected("sender", "0x0000000a")),
        ([0x45], "Hello", Rejected("refused", "0x00000045")),
        ([0x400], "Hello", Rejected("refused", "0x00000400")),
        ([0x58], "Hello", Deferred("rate_limit", 5.0, "account")),
        ([0x14], "Hello", Deferred("rate_limit", 5.0, "account")),
        ([0x08], "Hello", Deferred("server", 10.0)),
        (["nack"], "Hello", Deferred("server", 10.0)),
        (["drop"], "Hello", Unsure("network")),
        ([0, 0x0B], LONG, Rejected("partly_sent", "0x0000000b")),
        ([0, "drop"], LONG, Unsure("network")),
    ],
)
async def test_what_an_answer_means(
    gateway: smpp.Centre, centre: Centre, submits: list[int | str], text: str, outcome: Outcome
) -> None:
    centre.submits = submits
    assert await gateway.send(out(text)) == outcome


async def test_a_later_part_is_patient(gateway: smpp.Centre, centre: Centre) -> None:
    centre.submits = [0, 0x58, 0, 0]
    outcome = await gateway.send(out(LONG))
    assert isinstance(outcome, Accepted)
    assert len(outcome.external_ids) == 3


async def test_no_answer_is_not_sent_again(
    gateway: smpp.Centre, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(await gateway.send(out()), Accepted)
    monkeypatch.setattr(session, "ANSWER", 0.2)
    centre.submits = ["silent"]
    assert await gateway.send(out()) == Unsure("network")
    assert not gateway.caps.idempotent


@pytest.mark.parametrize(
    ("status", "outcome", "check"),
    [
        (pdu.INVALID_PASSWORD, Deferred("token", 60.0, "account"), "token"),
        (pdu.BIND_FAILED, Deferred("token", 60.0, "account"), "token"),
        (pdu.ALREADY_BOUND, Deferred("server", 60.0, "account"), ""),
    ],
)
async def test_who_is_not_let_in_waits(
    gateway: smpp.Centre, centre: Centre, status: int, outcome: Outcome, check: str
) -> None:
    centre.bind_status = lambda command: status
    assert await gateway.send(out()) == outcome
    if check:
        with pytest.raises(CheckFailed, match=check):
            await gateway.check()
    else:
        assert (await gateway.check())["bound"] == "already"


async def test_nobody_listens() -> None:
    gateway = made(9)
    assert await gateway.send(out()) == Deferred("network", 10.0, "account")
    with pytest.raises(CheckFailed, match="api_unreachable"):
        await gateway.check()
    await gateway.close()


async def test_an_unused_connection_is_given_back(
    gateway: smpp.Centre, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.smpp.line.IDLE", 0.2)
    await gateway.send(out())
    await centre.hears(pdu.SUBMIT_SM, pdu.UNBIND)
    await gateway.send(out())
    assert centre.binds == [pdu.BIND_TRANSMITTER] * 2


async def test_many_answers_share_a_connection(gateway: smpp.Centre, centre: Centre) -> None:
    outcomes = await asyncio.gather(*(gateway.send(out()) for _ in range(50)))
    assert all(isinstance(one, Accepted) for one in outcomes)
    assert centre.binds == [pdu.BIND_TRANSMITTER]


class Inbox:
    """Keeps what the listener accepts."""

    def __init__(self) -> None:
        self.rows: list[RawRequest] = []
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def accept(self, raw: RawRequest) -> Kept:
        self.asked.set()
        await self.gate.wait()
        self.rows.append(raw)
        return Kept("row", "new")


@pytest.fixture
async def listening(gateway: smpp.Centre) -> AsyncIterator[Inbox]:
    inbox = Inbox()
    task = asyncio.create_task(gateway.listen(inbox.accept))
    yield inbox
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def delivery(text: str, sequence: int) -> Pdu:
    said = Message(source="79161234567", source_ton=1, to="1234", data=text.encode())
    return Pdu(pdu.DELIVER_SM, 0, sequence, pdu.written(said))


RESPONSE = pdu.DELIVER_SM | pdu.RESPONSE


async def test_nothing_is_confirmed_before_it_is_kept(centre: Centre, listening: Inbox) -> None:
    await centre.hears(pdu.BIND_TRANSCEIVER)
    listening.gate.clear()
    centre.say(delivery("Help", 77))
    await listening.asked.wait()
    centre.say(Pdu(pdu.ENQUIRE_LINK, 0, 78))
    # The line is alive meanwhile, and what waits is not confirmed.
    await centre.hears(pdu.ENQUIRE_LINK | pdu.RESPONSE)
    assert RESPONSE not in [one.command for one in centre.heard]
    listening.gate.set()
    await centre.hears(RESPONSE)
    answer = centre.heard[-1]
    assert (answer.status, answer.sequence) == (0, 77)
    assert len(listening.rows) == 1


async def test_what_cannot_be_read_is_kept_all_the_same(centre: Centre, listening: Inbox) -> None:
    await centre.hears(pdu.BIND_TRANSCEIVER)
    centre.say(Pdu(pdu.DELIVER_SM, 0, 5, b"broken"))
    await centre.hears(RESPONSE)
    assert len(listening.rows) == 1


async def test_a_centre_without_transceivers_is_listened_to_as_a_receiver(
    centre: Centre, gateway: smpp.Centre, listening: Inbox
) -> None:
    centre.bind_status = lambda command: 3 if command == pdu.BIND_TRANSCEIVER else 0
    await centre.hears(pdu.BIND_TRANSCEIVER, pdu.BIND_RECEIVER)
    assert isinstance(await gateway.send(out()), Accepted)
    assert centre.binds[-1] == pdu.BIND_TRANSMITTER


@pytest.mark.parametrize("how", ["unbind", "garbage", "abort"])
async def test_it_binds_again_after_the_line_broke(
    centre: Centre, listening: Inbox, how: str
) -> None:
    await centre.hears(pdu.BIND_TRANSCEIVER)
    assert centre.writer is not None
    if how == "unbind":
        centre.say(Pdu(pdu.UNBIND, 0, 9))
    elif how == "garbage":
        centre.writer.write(b"\xff" * 64)
    else:
        centre.writer.transport.abort()
    await centre.hears(pdu.BIND_TRANSCEIVER, pdu.BIND_TRANSCEIVER)
    centre.say(delivery("Help", 3))
    await centre.hears(pdu.BIND_TRANSCEIVER, pdu.BIND_TRANSCEIVER, RESPONSE)


async def test_a_silent_line_is_tried_and_left(
    centre: Centre, gateway: smpp.Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "IDLE", 0.1)
    monkeypatch.setattr(session, "ANSWER", 2.0)
    task = asyncio.create_task(gateway.listen(Inbox().accept))
    try:
        await centre.hears(pdu.BIND_TRANSCEIVER, pdu.ENQUIRE_LINK)

        async def deaf(said: Pdu, writer: asyncio.StreamWriter) -> None:
            return

        centre._answer = deaf  # type: ignore[method-assign]
        before = len(centre.heard)
        async with asyncio.timeout(60), centre.news:
            await centre.news.wait_for(
                lambda: any(one.command == pdu.BIND_TRANSCEIVER for one in centre.heard[before:])
            )
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def test_nothing_is_posted_here() -> None:
    gateway = made(9)
    with pytest.raises(Forged):
        gateway.verify(RawRequest(account="sms", method="POST", received_at=deps().clock.now()))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("host", ""),
        ("port", "many"),
        ("port", "70000"),
        ("system_id", ""),
        ("password", ""),
        ("sender", "Управляющая"),
        ("long", "else"),
    ],
)
def test_settings_that_cannot_be_used_are_named(key: str, value: str) -> None:
    with pytest.raises(BadAccount) as error:
        made(**{"port": 9, key: value})
    assert error.value.key == key
