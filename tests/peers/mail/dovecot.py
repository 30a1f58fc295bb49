"""Dovecot of Debian on loopback: any user, one password, mails in through LMTP."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import smtplib
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.ports import free_port

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
MISSING = [name for name in ("dovecot", "doveadm", "exim4") if not shutil.which(name, path=PATH)]
if not MISSING and os.geteuid() != 0:
    MISSING.append("root, under whom dovecot and exim4 are started")

needed = pytest.mark.skipif(bool(MISSING), reason=f"not there: {', '.join(MISSING)}")

PASSWORD = "secret"
PATIENCE = 60.0

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
instance_name = hub-mail-test
log_path = {folder}/dovecot.log
info_log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
{ssl}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Lu
mail_location = maildir:{folder}/mail/%u/Maildir
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 100
first_valid_gid = 1
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
lmtp_hdr_delivery_address = original
imap_idle_notify_interval = 5 s
mail_max_userip_connections = 50
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
protocol lmtp {{
  postmaster_address = postmaster@localhost
}}
namespace inbox {{
  inbox = yes
}}
"""


SECURE = """ssl = yes
ssl_cert = <{pem}
ssl_key = <{pem}"""


async def until(seen: Callable[[], object], what: str = "", seconds: float = PATIENCE) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(seconds):
        while not seen():
            await asyncio.sleep(0.02)


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def open_folder(prefix: str) -> Path:
    """A short path that the servers' own users may enter."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    folder.chmod(0o755)
    return folder


class Dovecot:
    """Start, stop, kick and kill it; `deliver` brings a mail."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.folder = open_folder("hubdc")
        self.imap, self.lmtp = free_port(), free_port()
        self.imaps = free_port() if certificate else 0
        self._process: asyncio.subprocess.Process | None = None
        for name in ("run", "mail", "state"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "mail", "nobody", "nogroup")
        text = CONFIG.format(
            folder=self.folder,
            imap=self.imap,
            imaps=self.imaps,
            lmtp=self.lmtp,
            password=PASSWORD,
            ssl=SECURE.format(pem=certificate) if certificate else "ssl = no",
        )
        self._config = self.folder / "dovecot.conf"
        self._config.write_text(text)

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            shutil.which("dovecot", path=PATH) or "dovecot",
            "-c",
            str(self._config),
            "-F",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        process = self._process
        await until(
            lambda: process.returncode is not None or (answers(self.imap) and answers(self.lmtp))
        )
        assert process.returncode is None, (self.folder / "dovecot.log").read_text()

    async def kill(self) -> None:
        """All of it at once, without a word to anybody."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        # Its children die a moment later, and with them go the sockets that they share.
        await until(lambda: not answers(self.imap) and not answers(self.lmtp))
        (self.folder / "run" / "master.pid").unlink(missing_ok=True)

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(10):
                    await self._process.wait()
            except TimeoutError:
                await self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def doveadm(self, *args: str) -> str:
        """Ask the server's own tool."""
        process = await asyncio.create_subprocess_exec(
            shutil.which("doveadm", path=PATH) or "doveadm",
            "-c",
            str(self._config),
            *args,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return said.decode()

    async def deliver(self, to: str, raw: bytes, sender: str = "m.petrova@mail.test") -> None:
        """As a mail server hands it over."""
        await asyncio.to_thread(self._deliver, to, raw, sender)

    def _deliver(self, to: str, raw: bytes, sender: str) -> None:
        with smtplib.LMTP("127.0.0.1", self.lmtp) as line:
            line.sendmail(sender, [to], raw)

    async def connections(self, user: str) -> int:
        """How many hold the mailbox open."""
        said = await self.doveadm("who", "-1", user)
        return sum(" imap " in line for line in said.splitlines())

    def unread(self, user: str) -> int:
        """The same by its files, at once: what is set stands at the end of a name."""
        box = self.folder / "mail" / user / "Maildir"
        names = [one.name for part in ("new", "cur") for one in box.glob(f"{part}/*")]
        return sum("S" not in name.rpartition(",")[2] for name in names)

    async def unseen(self, user: str) -> int:
        """Mails that nobody has marked as read."""
        said = await self.doveadm("search", "-u", user, "mailbox", "INBOX", "unseen")
        return len(said.splitlines())
