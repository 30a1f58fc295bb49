"""What is not a mailbox is known by its greeting, at once."""

from __future__ import annotations

import asyncio

import pytest

from channels.email import imap
from channels.email.servers import Server

PATIENCE = 60.0


@pytest.mark.parametrize(
    ("greeting", "trouble"),
    [
        (b"220 mx.uk.test ESMTP\r\n", "server"),
        (b"+OK POP3 ready\r\n", "server"),
        (b"* BYE too many connections\r\n", "server"),
        (b"", "network"),
    ],
)
async def test_another_service_at_the_port(
    greeting: bytes, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The port of SMTP named for IMAP: it was waited for half a minute, and its greeting stood in
    the log as an error that nobody had caught."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if greeting:
            writer.write(greeting)
            await reader.read()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    place = Server(host="127.0.0.1", port=port, tls=False, user="u", password="p")
    try:
        with pytest.raises(imap.Trouble, match=f"^{trouble}$"):
            async with imap.opened(place, PATIENCE):
                pass
    finally:
        listening.close()
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []
