"""One connection to a centre: bound, kept alive, requests and their answers told apart.

Own and thin, since what is confirmed to a centre is gone there: aiosmpplib 0.7.4 answers parts and
receipts that it cannot join or match, and drops what it cannot decode; smpp34's client answers
before anybody is asked. Here a deliver_sm is answered by whoever kept it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import suppress

from channels.smpp import pdu
from channels.smpp.pdu import Pdu

ANSWER = 15.0
"""Seconds for an answer of the centre."""
IDLE = 30.0
"""Seconds of silence until the line is tried."""
WINDOW = 100
"""PDUs of the centre that are kept at the same time; more wait in the socket."""

Deliver = Callable[[bytes, Pdu], Awaitable[int]]
"""Keeps a deliver_sm (whole, and read); returns the status that the centre is answered."""


class Away(Exception):
    """The centre cannot be reached, or the connection ended."""


class Refused(Exception):
    """The centre did not let us in."""

    def __init__(self, status: int) -> None:
        super().__init__(f"0x{status:08x}")
        self.status = status


class NoAnswer(Exception):
    """What was asked may have been done."""


class Session:
    """Open it with `opened`; somebody must `run` it, and `unbind` it in the end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._numbers = itertools.cycle(range(1, 0x7FFFFFFF))
        self._asked: dict[int, asyncio.Future[Pdu]] = {}
        self._heard = asyncio.Event()
        self._room = asyncio.Semaphore(WINDOW)
        self._closed = False
        self.sends = False
        """Whether messages may be submitted here."""

    @property
    def alive(self) -> bool:
        """Whether it can be used."""
        return not self._closed and not self._writer.is_closing()

    async def bind(self, command: int, system_id: str, password: str) -> None:
        """Log in. Raises Refused, Away."""
        await self._write(Pdu(command, 0, next(self._numbers), pdu.bind(system_id, password)))
        try:
            async with asyncio.timeout(ANSWER):
                while True:
                    answer = pdu.decode(await self._read())
                    if answer.command in {command | pdu.RESPONSE, pdu.GENERIC_NACK}:
                        break
        except (TimeoutError, pdu.Broken):
            raise Away("bind") from None
        if answer.status != pdu.OK or answer.command == pdu.GENERIC_NACK:
            raise Refused(answer.status or pdu.BIND_FAILED)
        self.sends = command != pdu.BIND_RECEIVER

    async def run(self, deliver: Deliver | None = None) -> None:
        """Read until the connection ends; raises Away then. Whatever is asked meanwhile hears of
        its answer here."""
        try:
            async with asyncio.TaskGroup() as nursery:
                nursery.create_task(self._keep_alive())
                while True:
                    data = await self._read()
                    self._heard.set()
                    await self._take(data, deliver, nursery)
        except* (Away, pdu.Broken, NoAnswer):
            await self.close()
        raise Away("ended")

    async def ask(self, command: int, body: bytes = b"") -> Pdu:
        """Send a request and wait for its answer. Raises Away before anything was written, NoAnswer
        after."""
        if not self.alive:
            raise Away("closed")
        number = next(self._numbers)
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            await self._write(Pdu(command, 0, number, body))
            async with asyncio.timeout(ANSWER):
                return await answer
        except (TimeoutError, Away):
            raise NoAnswer from None
        finally:
            self._asked.pop(number, None)

    async def unbind(self) -> None:
        """Say good-bye; the centre need not answer."""
        if self.alive:
            with suppress(Away, NoAnswer, TimeoutError):
                await self._write(Pdu(pdu.UNBIND, 0, next(self._numbers)))
        await self.close()

    async def close(self) -> None:
        """End the connection; whoever waits for an answer hears that there is none."""
        self._closed = True
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(NoAnswer())
        self._asked.clear()
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()

    async def _take(self, data: bytes, deliver: Deliver | None, nursery: asyncio.TaskGroup) -> None:
        said = pdu.decode(data)
        if said.command & pdu.RESPONSE:
            answer = self._asked.get(said.sequence)
            if answer is not None and not answer.done():
                answer.set_result(said)
        elif said.command == pdu.DELIVER_SM and deliver is not None:
            await self._room.acquire()
            nursery.create_task(self._deliver(data, said, deliver))
        elif said.command == pdu.ENQUIRE_LINK:
            await self._answer(said, pdu.OK)
        elif said.command == pdu.UNBIND:
            await self._answer(said, pdu.OK)
            raise Away("unbound")
        elif said.command not in {pdu.ALERT, pdu.OUTBIND}:
            await self._write(Pdu(pdu.GENERIC_NACK, pdu.INVALID_COMMAND, said.sequence))

    async def _deliver(self, data: bytes, said: Pdu, deliver: Deliver) -> None:
        try:
            await self._answer(said, await deliver(data, said), b"\0")
        finally:
            self._room.release()

    async def _answer(self, said: Pdu, status: int, body: bytes = b"") -> None:
        await self._write(Pdu(said.command | pdu.RESPONSE, status, said.sequence, body))

    async def _keep_alive(self) -> None:
        while True:
            self._heard.clear()
            try:
                async with asyncio.timeout(IDLE):
                    await self._heard.wait()
            except TimeoutError:
                await self.ask(pdu.ENQUIRE_LINK)

    async def _read(self) -> bytes:
        try:
            head = await self._reader.readexactly(4)
            length = int.from_bytes(head, "big")
            if not pdu.HEADER.size <= length <= pdu.LONGEST:
                raise pdu.Broken("length")
            return head + await self._reader.readexactly(length - 4)
        except (OSError, EOFError):
            raise Away("read") from None

    async def _write(self, said: Pdu) -> None:
        try:
            self._writer.write(said.encode())
            await self._writer.drain()
        except (OSError, RuntimeError):
            raise Away("write") from None


async def opened(host: str, port: int, command: int, system_id: str, password: str) -> Session:
    """Connect and bind. Raises Away, Refused."""
    try:
        async with asyncio.timeout(ANSWER):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        raise Away("connect") from None
    session = Session(reader, writer)
    try:
        await session.bind(command, system_id, password)
    except BaseException:
        await session.close()
        raise
    return session
