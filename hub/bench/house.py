"""A house of its own for a measurement: fresh embedded stores, hub processes, all gone after it."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from hub.embedded import Urls, stores
from hub.embedded.child import TETHER
from hub.settings import Settings, load

START_SECONDS = 60.0
# A measurement that is cut off leaves nothing running.
TETHERED = [sys.executable, "-I", "-S", str(TETHER)]
PYTHON = [sys.executable, "-m"]
STOP_SECONDS = 12.0


@dataclass(frozen=True)
class House:
    """``settings`` are those that its processes read, too."""

    settings: Settings
    urls: Urls
    env: dict[str, str]

    def program(self, *program: str) -> list[str]:
        """The command line of ``python -m PROGRAM…``; it ends when this process does."""
        return [*TETHERED, str(os.getpid()), *PYTHON, *program]

    @asynccontextmanager
    async def process(self, *program: str) -> AsyncIterator[Process]:
        """``python -m PROGRAM…`` for as long as the context is open."""
        running = await asyncio.create_subprocess_exec(
            *self.program(*program), env=self.env, stdin=DEVNULL, stdout=PIPE
        )
        try:
            yield running
        finally:
            with contextlib.suppress(ProcessLookupError):
                running.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await running.communicate()
            except TimeoutError:
                running.kill()
                await running.communicate()

    @asynccontextmanager
    async def hub(self, *command: str) -> AsyncIterator[Process]:
        """``hub COMMAND``, ready to serve."""
        async with self.process("hub", *command) as running:
            await _ready(f"http://127.0.0.1:{self.settings.port}", running)
            yield running


@asynccontextmanager
async def house(accounts: str) -> AsyncIterator[House]:
    """A house whose hub.toml says ``accounts`` (``[[channel]]`` and ``[[bot]]`` tables)."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as folder:
        config = Path(folder) / "hub.toml"
        config.write_text(accounts)
        config.chmod(0o600)
        data = Path(folder) / "data"
        async with stores(Settings(data_dir=data)) as urls:
            own = {
                "HUB_CONFIG": str(config),
                "HUB_DATA_DIR": str(data),
                "HUB_MONGO_URL": urls.mongo,
                "HUB_REDIS_URL": urls.redis,
                "HUB_PORT": str(free_port()),
                "HUB_LOG_LEVEL": "error",
            }
            env = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")} | own
            with _environment(own):
                settings = load()
            yield House(settings, urls, env)


@contextlib.contextmanager
def _environment(own: dict[str, str]) -> Iterator[None]:
    before = {k: v for k, v in os.environ.items() if k.startswith("HUB_")}
    for name in before:
        del os.environ[name]
    os.environ.update(own)
    try:
        yield
    finally:
        for name in own:
            os.environ.pop(name, None)
        os.environ.update(before)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _ready(url: str, running: Process) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(START_SECONDS):
        while True:
            if running.returncode is not None:
                raise RuntimeError("a hub process ended before it was ready")
            try:
                async with session.get(f"{url}/health/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
