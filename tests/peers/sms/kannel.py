"""Kannel of Debian: bearerbox and smsbox on loopback, with a false centre and a real one."""

from __future__ import annotations

import asyncio
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_from_bytes

import aiohttp
import pytest

from tests.peers.sms.hubside import until
from tests.support.ports import free_port

FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
PASSWORD = "sendsms-word"
MISSING = [
    name
    for name in ("bearerbox", "smsbox", FAKESMSC)
    if not shutil.which(name, path="/usr/sbin:/usr/bin:/bin")
]

needed = pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")

CONFIG = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = adm
status-password = adm
smsbox-port = {box}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
dlr-storage = internal
sms-combine-concatenated-mo = {combine}
sms-combine-concatenated-mo-timeout = 2
store-type = spool
store-location = "{spool}"
log-file = "{folder}/bearerbox.log"
log-level = 1

group = smsc
smsc = fake
smsc-id = fake1
port = {fake}
connect-allow-ip = 127.0.0.1
preferred-smsc-id = fake1

group = smsc
smsc = smpp
smsc-id = smpp1
host = 127.0.0.1
port = {smpp}
transceiver-mode = true
smsc-username = esme1
smsc-password = secret1
system-type = ""
interface-version = 34
address-range = ""
source-addr-autodetect = true
enquire-link-interval = 10
reconnect-delay = 1
max-pending-submits = 10
msg-id-type = 0x00
preferred-smsc-id = smpp1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
global-sender = 1234
log-file = "{folder}/smsbox.log"
log-level = 1
mo-recode = false
http-request-retry = 200
http-queue-delay = 1

group = sendsms-user
username = hub
password = {password}
concatenation = true
max-messages = 10
default-smsc = smpp1
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
get-url = "{hub}/in/sms?key={key}&{asks}"
"""
ASKS = "from=%p&to=%P&textb=%b&coding=%c&charset=%C&udh=%u&smsc=%i&id=%I&ts=%T"
"""What channels/kannel/README.md tells to write."""


@dataclass
class Kannel:
    """One gateway that calls the hub at `hub_port`."""

    folder: Path
    hub_port: int
    smpp_port: int
    key: str
    combine: bool = True
    sendsms_port: int = field(default_factory=free_port)
    fake_port: int = field(default_factory=free_port)
    _bearer: asyncio.subprocess.Process | None = None
    _smsbox: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        (self.folder / "spool").mkdir(exist_ok=True)
        self._admin, self._box = free_port(), free_port()
        (self.folder / "kannel.conf").write_text(
            CONFIG.format(
                admin=self._admin,
                box=self._box,
                combine="true" if self.combine else "false",
                spool=self.folder / "spool",
                folder=self.folder,
                fake=self.fake_port,
                smpp=self.smpp_port,
                sendsms=self.sendsms_port,
                password=PASSWORD,
                hub=f"http://127.0.0.1:{self.hub_port}",
                key=self.key,
                asks=ASKS,
            )
        )
        self._bearer = await self._run("bearerbox")
        await self._listens(self._box)
        await self.start_smsbox()
        await self._online("smpp1")

    async def start_smsbox(self) -> None:
        self._smsbox = await self._run("smsbox")
        await self._listens(self.sendsms_port)

    async def kill_smsbox(self) -> None:
        assert self._smsbox is not None
        self._smsbox.kill()
        await self._smsbox.wait()

    async def stop(self) -> None:
        for process in (self._smsbox, self._bearer):
            if process is None or process.returncode is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(3):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    async def fake(self, spec: str) -> None:
        """A phone of the false centre sends one short message."""
        process = await asyncio.create_subprocess_exec(
            FAKESMSC,
            *("-H", "127.0.0.1", "-r", str(self.fake_port), "-m", "1", "-i", "0.01", spec),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        try:
            # It stays to take answers; it says when it has sent what it was to.
            async with asyncio.timeout(60):
                async for line in process.stderr:
                    if b"fakesmsc: sent message" in line or b"sent message 1" in line:
                        break
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def status(self) -> str:
        url = f"http://127.0.0.1:{self._admin}/status.txt?password=adm"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            return await answer.text()

    async def _run(self, program: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            f"/usr/sbin/{program}",
            *("-v", "4", str(self.folder / "kannel.conf")),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )

    async def _listens(self, port: int) -> None:
        async with asyncio.timeout(60):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                except OSError:
                    await asyncio.sleep(0.05)
                    continue
                writer.close()
                return

    async def _online(self, smsc: str) -> None:
        async with asyncio.timeout(60):
            while not any(
                smsc in line and "online" in line for line in (await self.status()).splitlines()
            ):
                await asyncio.sleep(0.1)


def ucs2(text: str) -> str:
    """How fakesmsc takes a text that is no Latin."""
    return quote_from_bytes(text.encode("utf-16-be"), safe="")


def parts(text: str, ref: int) -> list[tuple[str, str]]:
    """Headers and words of the parts of a long text, written for fakesmsc."""
    data = text.encode("utf-16-be")
    pieces = [data[at : at + 134] for at in range(0, len(data), 134)]
    return [
        (
            quote_from_bytes(bytes((5, 0, 3, ref, len(pieces), at)), safe=""),
            quote_from_bytes(piece, safe=""),
        )
        for at, piece in enumerate(pieces, 1)
    ]


__all__ = ["Kannel", "needed", "parts", "ucs2", "until"]
