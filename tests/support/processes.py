"""The `hub` command as processes of its own, as a person or a supervisor starts them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp

PATIENCE = 90.0
"""Seconds for what should take a few: tests share their machine with other tests."""


def environment(**more: str) -> dict[str, str]:
    """The environment of a hub process: ours without any hub settings, plus these."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    return {**own, "PYTHONUNBUFFERED": "1", "HUB_LOG_FORMAT": "json", **more}


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that came to its end."""

    code: int
    out: str
    err: str

    @property
    def last_word(self) -> str:
        return self.out.split()[-1]


async def attempt(env: dict[str, str], *args: str, given: str = "") -> Ran:
    """Run one `hub` command to its end, whatever that is."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hub",
        *args,
        env=env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate(given.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Ran(process.returncode, out.decode().strip(), err.decode().strip())


async def command(env: dict[str, str], *args: str, given: str = "") -> str:
    """Run one `hub` command to its end; returns what it printed. Raises on failure."""
    ran = await attempt(env, *args, given=given)
    if ran.code != 0:
        raise AssertionError(f"hub {args}: {ran.code}\n{ran.out}\n{ran.err}")
    return ran.out


async def ready(url: str, seconds: float = PATIENCE) -> None:
    """Wait until the hub at this address answers that it is ready."""
    deadline = asyncio.get_running_loop().time() + seconds
    async with aiohttp.ClientSession() as http:
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with http.get(f"{url}/health/ready") as answer:
                    if answer.status == 200:
                        return
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"{url} is not ready")
            await asyncio.sleep(0.05)


class Hub:
    """One process of the hub that stays; what it says goes to files in `logs`."""

    def __init__(self, name: str, env: dict[str, str], logs: Path, *args: str) -> None:
        self.name = name
        self.out = logs / f"{name}.out"
        self.log = logs / f"{name}.log"
        self._env = env
        self._args = args
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        with self.out.open("ab") as out, self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "hub",
                *self._args,
                env=self._env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=log,
            )

    async def serves(self, url: str) -> float:
        """Wait until it is ready; returns the seconds. Raises when it ended instead."""
        assert self._process is not None
        began = time.monotonic()
        looking = asyncio.ensure_future(ready(url))
        ended = asyncio.ensure_future(self._process.wait())
        await asyncio.wait({looking, ended}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not looking.done():
            looking.cancel()
            raise AssertionError(f"{self.name} ended: {self.log.read_text()[-3000:]}")
        looking.result()
        return time.monotonic() - began

    async def stop(self) -> tuple[int, float]:
        """SIGTERM; returns the exit code and the seconds it took."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """SIGKILL: no farewell."""
        await self._end(signal.SIGKILL)

    async def _end(self, number: signal.Signals) -> tuple[int, float]:
        assert self._process is not None
        began = time.monotonic()
        if self._process.returncode is None:
            self._process.send_signal(number)
        try:
            async with asyncio.timeout(PATIENCE):
                code = await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            raise AssertionError(f"{self.name} does not end") from None
        return code, time.monotonic() - began
