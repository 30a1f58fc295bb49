"""Kamailio as the telephone exchange of a house, sipp as its residents and its operator."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.ports import free_port

HERE = Path(__file__).parent
RESIDENT = "79161234567"
LINE = "74951234567"
PATIENCE = 60.0
"""Seconds for what takes a few: tests share their machine with other tests."""
MISSING = [name for name in ("kamailio", "sipp") if shutil.which(name) is None]
"""Programs that this machine lacks."""


class Exchange:
    """A running exchange. Calls go out of `folder`, where sipp leaves what it writes."""

    def __init__(self, folder: Path, port: int, operator: int) -> None:
        self._folder, self._port, self._operator = folder, port, operator

    async def call(self, resident: str, operator: str) -> int:
        """Play one call, by the names of the scenarios of its two sides; return 0 if both went as
        they are written."""
        phone = await _started(self._folder, *self._sipp(operator, self._operator))
        try:
            await _until(lambda: _held(self._operator), "the operator's phone")
            caller = await _started(
                self._folder,
                *self._sipp(resident, free_port()),
                *("-key", "resident", RESIDENT, "-s", LINE, f"127.0.0.1:{self._port}"),
            )
            try:
                async with asyncio.timeout(PATIENCE):
                    return await caller.wait() or await phone.wait()
            finally:
                await _ended(caller)
        finally:
            await _ended(phone)

    def _sipp(self, scenario: str, port: int) -> list[str]:
        file = HERE / "scenarios" / f"{scenario}.xml"
        common = ["-i", "127.0.0.1", "-p", str(port), "-m", "1", "-nostdin"]
        return ["sipp", "-sf", str(file), *common, "-timeout", f"{PATIENCE:.0f}s"]


@asynccontextmanager
async def running(folder: Path, events: str) -> AsyncIterator[Exchange]:
    """An exchange that posts its events to the address `events`; its files are in `folder`."""
    port, operator = free_port(), free_port()
    process = await _started(
        folder,
        "kamailio",
        *("-f", str(HERE / "kamailio.cfg"), "-DD", "-E", "-m", "32", "-M", "4"),
        *("-l", f"udp:127.0.0.1:{port}", "-Y", str(folder), "-w", str(folder)),
        *("-A", f"OPERATOR={_quoted(f'sip:127.0.0.1:{operator}')}", "-A", f"CTI={_quoted(events)}"),
    )
    try:
        await _until(lambda: _speaks(port), "the exchange")
        yield Exchange(folder, port, operator)
    finally:
        await _ended(process)


def _quoted(text: str) -> str:
    return f'"{text}"'


async def _started(folder: Path, *words: str) -> asyncio.subprocess.Process:
    with (folder / f"{words[0]}.err").open("ab") as complaints:
        return await asyncio.create_subprocess_exec(
            *words,
            cwd=folder,
            env={**os.environ, "TERM": "xterm"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=complaints,
            start_new_session=True,
        )


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        # The exchange's workers are in the session of their own that it was started in.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(true):
        assert time.monotonic() < deadline, f"{what} did not come up"
        await asyncio.sleep(0.05)


def _held(port: int) -> bool:
    """Whether somebody listens there; to try by listening would be in the way of who starts."""
    wanted = f":{port:04X}"
    rows = Path("/proc/net/udp").read_text().splitlines()[1:]
    return any(row.split()[1].endswith(wanted) for row in rows)


def _speaks(port: int) -> bool:
    """Whether it answers OPTIONS."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        probe.settimeout(0.3)
        own = probe.getsockname()[1]
        asked = (
            f"OPTIONS sip:127.0.0.1:{port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{own}\r\n"
            f"From: <sip:probe@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1:{port}>\r\n"
            f"Call-ID: probe-{own}-{time.monotonic_ns()}\r\nCSeq: 1 OPTIONS\r\n"
            "Max-Forwards: 5\r\nContent-Length: 0\r\n\r\n"
        )
        try:
            probe.sendto(asked.encode(), ("127.0.0.1", port))
            return probe.recv(2000).startswith(b"SIP/2.0 200")
        except OSError:
            return False
