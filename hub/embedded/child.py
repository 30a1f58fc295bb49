"""One embedded store as a child process: start, wait until it answers, stop, start again."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Sequence
from pathlib import Path

from hub.embedded.record import Run

TETHER = Path(__file__).with_name("tether.py")
START_SECONDS = 60.0  # after a SIGKILL the journal is replayed first
STOP_SECONDS = 4.0
PROBE_SECONDS = 2.0
LOG_BYTES = 5 * 1024 * 1024


class StoreFailed(Exception):
    """A store did not come up. ``store`` names it, ``log`` is the file that says why."""

    def __init__(self, store: str, log: Path) -> None:
        super().__init__(f"{store} did not start, see {log}")
        self.store = store
        self.log = log


class Child:
    """``command`` is ready once it listens on ``port`` and says ``reply`` to ``probe``."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        port: int,
        log: Path,
        stdin: str = "",
        probe: bytes = b"",
        reply: bytes = b"",
        mend: Callable[[], None] | None = None,
    ) -> None:
        self.name = name
        self.port = port
        self._command = [sys.executable, "-I", "-S", str(TETHER)]
        self._program = list(command)
        self._log = log
        self._stdin = stdin.encode()
        self._probe, self._reply = probe, reply
        self._mend = mend
        self._process: Process | None = None

    @property
    def run(self) -> Run | None:
        return Run.of(self._process.pid) if self._process else None

    async def start(self) -> None:
        """Raise :class:`StoreFailed` unless it answers in time."""
        if self._log.exists() and self._log.stat().st_size > LOG_BYTES:
            self._log.unlink()
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                str(os.getpid()),
                *self._program,
                stdin=PIPE if self._stdin else DEVNULL,
                stdout=log,
                stderr=log,
            )
        if self._process.stdin is not None:
            self._process.stdin.write(self._stdin)
            self._process.stdin.close()
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await answers(self.port, self._probe, self._reply):
                    if self._process.returncode is not None:
                        raise StoreFailed(self.name, self._log)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            await self.stop()
            raise StoreFailed(self.name, self._log) from None
        if self._process.returncode is not None:  # somebody else answered on its port
            raise StoreFailed(self.name, self._log)

    async def ended(self) -> int:
        assert self._process is not None
        return await self._process.wait()

    def mend(self) -> None:
        """Clear away what keeps it from starting, where that may be lost."""
        if self._mend is not None:
            self._mend()

    async def stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def answers(port: int, probe: bytes = b"", reply: bytes = b"") -> bool:
    """Whether something listens on ``port`` and says exactly ``reply`` to ``probe``."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            writer.write(probe)
            return await reader.readexactly(len(reply)) == reply
    except (OSError, EOFError, TimeoutError):
        return False
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
