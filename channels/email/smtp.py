"""One mail handed to a mail server, step by step: what an answer means depends on the step."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import aiosmtplib
import msgspec
from aiosmtplib import SMTP, errors

from channels.email.reports import GONE, reason
from channels.email.servers import Server
from hub.domain.message import Accepted, Deferred, Outcome, Rejected, Unsure

CONNECT, ANSWER, BEFORE, LONG = 10.0, 10.0, 18.0, 600.0
"""Seconds for a connection, for an answer, for everything before the mail itself, and for the
answer to that: who sends it has a patience of its own, which grows with the mail."""
NETWORK, LOGIN, LATER = 30.0, 300.0, 300.0
"""Seconds until the next try: no server, no entry, «not now» (greylisting ends after minutes)."""


class Parcel(msgspec.Struct, frozen=True):
    """A mail with what stands on its envelope. `plain_sender` is used where the server does not
    accept the plus address; `name` is the Message-ID."""

    mail: bytes
    to: str
    sender: str
    plain_sender: str
    name: str


class Refused(Exception):
    """The server is there, but cannot be used now. The message is a text key."""

    def __init__(self, why: str, after: float) -> None:
        super().__init__(why)
        self.why = why
        self.after = after


@asynccontextmanager
async def opened(server: Server) -> AsyncIterator[SMTP]:
    """A connection after login. Raises Refused."""
    client = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls,
        # On this machine nobody listens; elsewhere TLS is begun where it is offered.
        start_tls=False if server.tls or server.near else None,
        tls_context=server.context() if server.tls or not server.near else None,
        timeout=CONNECT,
    )
    try:
        await _enter(client, server)
        yield client
    finally:
        with suppress(errors.SMTPException, OSError, TimeoutError):
            if client.is_connected:
                await client.quit(timeout=1.0)
        client.close()


async def _enter(client: SMTP, server: Server) -> None:
    try:
        await client.connect()
    except errors.SMTPConnectResponseError:
        raise Refused("server", NETWORK) from None
    except (errors.SMTPException, OSError, TimeoutError) as error:
        broken = isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError)
        raise Refused("certificate" if broken else "network", NETWORK) from None
    if not server.user:
        return
    try:
        await client.login(server.user, server.password)
    except errors.SMTPAuthenticationError as error:
        if 400 <= error.code < 500:
            raise Refused("server", NETWORK) from None
        raise Refused("credentials", LOGIN) from None
    except errors.SMTPNotSupported:
        raise Refused("credentials", LOGIN) from None
    except (errors.SMTPException, OSError, TimeoutError, ValueError):
        raise Refused("server", NETWORK) from None


async def carry(server: Server, parcel: Parcel) -> tuple[Outcome, bool]:
    """Hand it over. The second value: the server does not accept the plus address as sender."""
    async with AsyncExitStack() as stack:
        try:
            # Nothing is on its way yet: who is too slow is asked again.
            async with asyncio.timeout(BEFORE):
                client = await stack.enter_async_context(opened(server))
                refusal, bare = await _address(client, parcel)
        except Refused as nobody:
            return Deferred(nobody.why, nobody.after, "account"), False
        except TimeoutError:
            return Deferred("network", NETWORK, "account"), False
        return refusal or await _hand_over(client, parcel), bare


async def _address(client: SMTP, parcel: Parcel) -> tuple[Outcome | None, bool]:
    """Name sender and recipient; what the server has against them, if anything."""
    limit = client.esmtp_extensions.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(parcel.mail):
        return Rejected("mail_too_large", f"SIZE {limit}"), False
    reports = client.supports_extension("dsn")
    about = [f"SIZE={len(parcel.mail)}"] if client.supports_extension("size") else []
    about += ["RET=HDRS", f"ENVID={parcel.name}"] if reports else []
    wanted = ["NOTIFY=FAILURE,DELAY"] if reports else []
    bare = False
    try:
        try:
            await client.mail(parcel.sender, options=about, timeout=ANSWER)
        except errors.SMTPSenderRefused as refusal:
            if refusal.code < 500 or parcel.sender == parcel.plain_sender:
                raise
            bare = True
            await client.mail(parcel.plain_sender, options=about, timeout=ANSWER)
        await client.rcpt(parcel.to, options=wanted, timeout=ANSWER)
    except errors.SMTPResponseException as refusal:
        return refused(refusal), bare
    except (errors.SMTPException, OSError):
        return Deferred("network", NETWORK), bare
    return None, bare


async def _hand_over(client: SMTP, parcel: Parcel) -> Outcome:
    try:
        await client.data(parcel.mail, timeout=LONG)
    except errors.SMTPResponseException as refusal:
        return refused(refusal)
    except (errors.SMTPException, OSError, TimeoutError):
        # Whether it has the mail, nobody knows.
        return Unsure("interrupted")
    return Accepted((parcel.name,))


def refused(refusal: aiosmtplib.SMTPResponseException) -> Outcome:
    """What a server's «no» means: 4xx not now, 5xx never."""
    said = " ".join(str(refusal.message).split())[:200]
    if refusal.code in {421, 454} or refusal.code < 0:
        return Deferred("server", NETWORK, "account")
    if refusal.code < 500:
        return Deferred("mail_later", LATER)
    status = next((word for word in said.split()[:2] if _enhanced(word)), "")
    to = isinstance(refusal, errors.SMTPRecipientRefused)
    why = reason(status, said)
    if to and not status and refusal.code in {550, 551, 553} and why == "refused":
        # Without an enhanced code this says «no such mailbox» as often as «not from you».
        return Rejected("mailbox_refused", said)
    return Rejected(why, said, gone=to and (status in GONE or why == "mailbox_missing"))


def _enhanced(word: str) -> bool:
    parts = word.split(".")
    return len(parts) == 3 and all(part.isdigit() for part in parts)
