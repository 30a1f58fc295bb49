"""Encrypted lines: certificates are checked, an authority of one's own may be named."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from channels.email import imap, smtp
from channels.email.servers import Server
from hub.domain.message import Accepted
from tests.peers.mail.dovecot import PASSWORD, Dovecot, needed, open_folder

pytestmark = [
    needed,
    pytest.mark.skipif(not shutil.which("openssl"), reason="not there: openssl"),
]

USER = "case@uk.test"


@pytest.fixture
def pem() -> Iterator[Path]:
    """A certificate of this machine that no authority knows, with its key."""
    folder = open_folder("hubtls")
    made, key = folder / "cert.pem", folder / "key.pem"
    request = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    named = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run(
        [*request.split(), *named],
        check=True,
        capture_output=True,
    )
    made.write_text(made.read_text() + key.read_text())
    yield made
    shutil.rmtree(folder, ignore_errors=True)


def secure(port: int, ca: str) -> Server:
    return Server(host="127.0.0.1", port=port, tls=True, user=USER, password=PASSWORD, ca=ca)


async def test_a_mailbox_over_tls(pem: Path) -> None:
    dovecot = Dovecot(pem)
    await dovecot.start()
    try:
        async with imap.opened(secure(dovecot.imaps, str(pem)), 10.0) as mailbox:
            assert mailbox.validity
            assert await mailbox.uids("ALL") == []
        with pytest.raises(imap.Trouble, match="certificate"):
            async with imap.opened(secure(dovecot.imaps, ""), 10.0):
                pass
        # A plain line to a port that speaks TLS, and the other way round.
        for port, tls in ((dovecot.imaps, False), (dovecot.imap, True)):
            wrong = Server(host="127.0.0.1", port=port, tls=tls, user=USER, password=PASSWORD)
            with pytest.raises(imap.Trouble):
                async with imap.opened(wrong, 2.0):
                    pass
    finally:
        await dovecot.stop()


class Far(Server, frozen=True):
    """A server that is treated as if it stood elsewhere."""

    @property
    def near(self) -> bool:
        return False


async def test_tls_is_begun_where_it_is_offered(pem: Path) -> None:
    dovecot = Dovecot(pem)
    await dovecot.start()
    far = Far(
        host="127.0.0.1",
        port=dovecot.imap,
        tls=False,
        user=USER,
        password=PASSWORD,
        ca=str(pem),
    )
    try:
        async with imap.opened(far, 10.0) as mailbox:
            assert await mailbox.uids("ALL") == []
            assert await dovecot.connections(USER) == 1
            said = await dovecot.doveadm("log", "errors")
            assert "plaintext" not in said
        log = (dovecot.folder / "dovecot.log").read_text()
        assert "TLS" in log
    finally:
        await dovecot.stop()


class Taker:
    """Takes everything."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(envelope.content)
        return "250 2.0.0 queued"


async def test_what_leaves_over_tls(pem: Path) -> None:
    taker = Taker()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(taker), "127.0.0.1", 0, ssl=context)
    port = listening.sockets[0].getsockname()[1]
    parcel = smtp.Parcel(
        mail=b"Subject: x\r\n\r\nx\r\n", to="a@b.test", sender="c@d", plain_sender="c@d", name="1"
    )
    try:
        open_to = Server(host="127.0.0.1", port=port, tls=True, ca=str(pem))
        assert await smtp.carry(open_to, parcel) == (Accepted(("1",)), False)
        unknown = Server(host="127.0.0.1", port=port, tls=True)
        outcome, _ = await smtp.carry(unknown, parcel)
        assert getattr(outcome, "reason", "") == "certificate"
        assert len(taker.mails) == 1
    finally:
        listening.close()
