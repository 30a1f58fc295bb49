"""The processes of a hub, each role in processes of its own, killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp


@dataclass
class Member:
    """One process: what it runs and, while it lives, the process."""

    name: str
    args: list[str]
    process: asyncio.subprocess.Process | None = None
    kills: int = 0


@dataclass
class Fleet:
    """Keeps its members running until `stop`; whoever dies is started again at once."""

    env: dict[str, str]
    logs: Path
    members: list[Member] = field(default_factory=list)
    _stopping: bool = False
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def add(self, name: str, *args: str) -> None:
        member = Member(name, list(args))
        self.members.append(member)
        self._tasks.append(asyncio.create_task(self._run(member), name=f"run {name}"))

    def kill(self, rng: random.Random) -> str | None:
        """SIGKILL one of those that live; returns its name."""
        alive = [one for one in self.members if one.process and one.process.returncode is None]
        if not alive:
            return None
        member = rng.choice(alive)
        assert member.process is not None
        with contextlib.suppress(ProcessLookupError):
            member.process.send_signal(signal.SIGKILL)
        member.kills += 1
        return member.name

    async def stop(self) -> dict[str, int]:
        """SIGTERM to all; returns the exit codes by name."""
        self._stopping = True
        codes: dict[str, int] = {}
        for member in self.members:
            if member.process and member.process.returncode is None:
                member.process.terminate()
        for member in self.members:
            if member.process:
                try:
                    codes[member.name] = await asyncio.wait_for(member.process.wait(), 15)
                except TimeoutError:
                    member.process.kill()
                    codes[member.name] = -9
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return codes

    async def _run(self, member: Member) -> None:
        while not self._stopping:
            with (self.logs / f"{member.name}.log").open("ab") as log:
                member.process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "hub",
                    *member.args,
                    env=self.env,
                    stdout=log,
                    stderr=log,
                    stdin=asyncio.subprocess.DEVNULL,
                )
            await member.process.wait()


async def command(env: dict[str, str], *args: str, given: str = "") -> str:
    """Run one `hub` command to its end; returns what it printed. Raises on failure."""
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
    out, err = await process.communicate(given.encode())
    if process.returncode != 0:
        raise AssertionError(f"hub {args}: {process.returncode}\n{out.decode()}\n{err.decode()}")
    return out.decode().strip()


async def ready(url: str, seconds: float = 60) -> None:
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
            await asyncio.sleep(0.1)


def environment(**more: str) -> dict[str, str]:
    """The environment of a hub process: ours without any hub settings, plus these."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    return {**own, "PYTHONUNBUFFERED": "1", "HUB_LOG_FORMAT": "json", **more}
