"""One connection to a mailbox. What the library keeps silent about is an error here: a connection
that was lost, a server that says good-bye, an answer that never comes."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from aioimaplib import aioimaplib

from channels.email.servers import Server

# Its debug lines hold whole mails.
logging.getLogger("aioimaplib").setLevel(logging.WARNING)

ANSWER = 30.0
"""Seconds in which a server answers; for a body, in which some of it arrives."""
NUMBER = re.compile(rb"(UIDVALIDITY|UIDNEXT) (\d+)")
SIZE = re.compile(rb"(UID|RFC822\.SIZE) (\d+)")
GREETING = re.compile(rb"\* (OK|PREAUTH)\b")

T = TypeVar("T")


class Trouble(Exception):
    """The mailbox cannot be read now. The message is a text key: network, certificate, credentials,
    folder, server. It never holds what the server said: servers repeat what they were told."""


class _Protocol(aioimaplib.IMAP4ClientProtocol):  # type: ignore[misc]
    """Counts what is announced beside the answers to commands, where the library drops it."""

    arrived = 0
    ended = False
    foreign = False

    async def welcome(self, command: bytes) -> None:
        """Who greets otherwise is no IMAP server, or has no room: nothing more comes of it."""
        if GREETING.match(command) is None:
            self.foreign = True
            self.transport.close()
            return
        await super().welcome(command)

    def _untagged_response(self, line: bytes) -> Any:
        self.arrived += line.endswith(b" EXISTS")
        self.ended = self.ended or line.startswith(b"* BYE")
        return super()._untagged_response(line)


class _Client(aioimaplib.IMAP4):  # type: ignore[misc]
    def create_client(
        self,
        host: str,
        port: int,
        loop: asyncio.AbstractEventLoop | None,
        conn_lost_cb: Callable[[Exception | None], None] | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        here = loop or asyncio.get_running_loop()
        self.protocol = _Protocol(here, conn_lost_cb)
        self._client_task = here.create_task(
            here.create_connection(lambda: self.protocol, host, port, ssl=ssl_context)
        )


class Mailbox:
    """One folder, selected. `validity` is the server's word for its numbering, `next` the number
    that the next mail gets at least."""

    def __init__(self, client: _Client, lost: asyncio.Future[None], patience: float) -> None:
        self._client = client
        self._lost = lost
        self._patience = patience
        self.validity = ""
        self.next = 1

    @property
    def arrived(self) -> int:
        """How often the server has said that mails came in."""
        return int(self._client.protocol.arrived)

    @property
    def idles(self) -> bool:
        """The server can tell by itself that a mail came."""
        return bool(self._client.has_capability("IDLE"))

    async def select(self, folder: str) -> None:
        """Open the folder for reading and marking."""
        answer = await self._said(self._client.select(aioimaplib.quoted(folder)), "folder")
        for line in answer:
            for name, value in NUMBER.findall(bytes(line)):
                if name == b"UIDNEXT":
                    self.next = int(value)
                else:
                    self.validity = value.decode()

    async def uids(self, *criteria: str) -> list[int]:
        """Numbers of the mails that meet them, ascending."""
        lines = await self._said(self._client.uid_search(*criteria, charset=None))
        return sorted({int(one) for line in lines[:-1] for one in line.split() if one.isdigit()})

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes of each that is still there. Few at a time: the library follows the lines of an
        answer by recursion."""
        named = ",".join(map(str, uids))
        found: dict[int, int] = {}
        for line in await self._said(self._client.uid("fetch", named, "(UID RFC822.SIZE)")):
            facts = dict(SIZE.findall(bytes(line)))
            if len(facts) == 2:
                found[int(facts[b"UID"])] = int(facts[b"RFC822.SIZE"])
        return found

    async def read(self, uid: int, most: int | None = None) -> bytes | None:
        """The mail as it stands there, or its first bytes; None if it is gone. Nothing is marked by
        reading."""
        part = "BODY.PEEK[]" if most is None else f"BODY.PEEK[]<0.{most}>"
        asked = self._client.uid("fetch", str(uid), f"(UID {part})")
        lines = await self._said(asked, long=True)
        bodies = [bytes(line) for line in lines if isinstance(line, bytearray)]
        if bodies:
            return bodies[0]
        # An empty mail comes as a word of the line.
        return b"" if any(b"BODY[" in bytes(line) for line in lines) else None

    async def seen(self, uid: int) -> bool:
        """Mark a mail as read; False where the server does not let us."""
        answer = await self._answered(
            self._client.uid("store", str(uid), "+FLAGS.SILENT", "(\\Seen)")
        )
        return bool(answer.result == "OK")

    async def wait(self, seconds: float) -> None:
        """Until the server says that something happened, or that long. Raises Trouble where it
        does not answer any more afterwards."""
        idle = await self._answered(self._client.idle_start(timeout=seconds + self._patience))
        push = asyncio.ensure_future(self._client.wait_server_push(seconds))
        both: set[asyncio.Future[Any]] = {push, self._lost}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            self._check()
        finally:
            push.cancel()
            with suppress(asyncio.CancelledError, TimeoutError):
                await push
        self._client.idle_done()
        # An end of the wait that is not confirmed is a connection that nobody holds any more.
        await self._answered(idle)

    async def alive(self) -> None:
        """Raise Trouble unless the server answers."""
        await self._said(self._client.noop())

    def _check(self) -> None:
        if self._lost.done() or self._client.protocol.ended:
            raise Trouble("network")

    async def _said(
        self, call: Coroutine[Any, Any, Any], otherwise: str = "server", *, long: bool = False
    ) -> list[Any]:
        answer = await self._answered(call, long=long)
        if answer.result != "OK":
            raise Trouble(otherwise)
        return list(answer.lines)

    async def _answered(
        self, call: Coroutine[Any, Any, T] | asyncio.Future[T], *, long: bool = False
    ) -> T:
        """What comes back, or Trouble as soon as nothing can come any more. `long`: the library
        itself watches that something goes on coming."""
        asked = asyncio.ensure_future(call)
        both: set[asyncio.Future[Any]] = {asked, self._lost}
        try:
            await asyncio.wait(
                both,
                timeout=None if long else self._patience,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if not asked.done():
                raise Trouble("network")
            return asked.result()
        except (aioimaplib.AioImapException, TimeoutError, OSError, ValueError):
            raise Trouble("server") from None
        finally:
            if not asked.done():
                asked.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await asked


@asynccontextmanager
async def opened(server: Server, patience: float = ANSWER) -> AsyncIterator[Mailbox]:
    """A connection with its folder selected. Raises Trouble."""
    lost = asyncio.get_running_loop().create_future()

    def gone(_: Exception | None) -> None:
        if not lost.done():
            lost.set_result(None)

    client = _Client(
        server.host,
        server.port,
        timeout=patience,
        conn_lost_cb=gone,
        ssl_context=server.context() if server.tls else None,
    )
    mailbox = Mailbox(client, lost, patience)
    try:
        await _greet(client, lost)
        if not server.tls and not server.near and client.has_capability("STARTTLS"):
            await _encrypt(client, server)
        login = client.login(aioimaplib.quoted(server.user), server.password)
        await mailbox._said(login, "credentials")
        await mailbox.select(server.folder)
        yield mailbox
    finally:
        await _leave(client)


async def _greet(client: _Client, lost: asyncio.Future[None]) -> None:
    hello = asyncio.ensure_future(client.wait_hello_from_server())
    both: set[asyncio.Future[Any]] = {hello, lost}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not hello.done():
            raise Trouble("server" if client.protocol.foreign else "network")
        hello.result()
    except ssl.SSLError:
        raise Trouble("certificate") from None
    except (OSError, TimeoutError, aioimaplib.AioImapException):
        raise Trouble("network") from None
    finally:
        if not hello.done():
            hello.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await hello


async def _encrypt(client: _Client, server: Server) -> None:
    """Go on within TLS, and forget what was said before."""
    protocol = client.protocol
    asked = aioimaplib.Command("STARTTLS", protocol.new_tag(), timeout=client.timeout)
    try:
        answer = await protocol.execute(asked)
        if answer.result != "OK":
            raise Trouble("server")
        loop = asyncio.get_running_loop()
        protocol.transport = await loop.start_tls(
            protocol.transport, protocol, server.context(), server_hostname=server.host
        )
        await protocol.capability()
    except ssl.SSLError:
        raise Trouble("certificate") from None
    except (OSError, TimeoutError, aioimaplib.AioImapException):
        raise Trouble("server") from None


async def _leave(client: _Client) -> None:
    """Let the connection go; a server that does not listen is not waited for."""
    connecting = client._client_task
    if not connecting.done():
        connecting.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await connecting
    for task in list(client.tasks):
        task.cancel()
    if client._idle_waiter is not None:
        client._idle_waiter.cancel()
    if client.protocol.transport is not None:
        client.protocol.transport.close()
