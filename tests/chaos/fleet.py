"""The processes of a hub, each role in processes of its own, killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60.0


@dataclass
class Member:
    """One process: what it runs and, while it lives, the process."""

    name: str
    args: list[str]
    process: asyncio.subprocess.Process | None = None


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

    async def kill(self, name: str) -> None:
        """SIGKILL this one, as soon as it lives."""
        member = next(one for one in self.members if one.name == name)
        async with asyncio.timeout(PATIENCE):
            while member.process is None or member.process.returncode is not None:
                await asyncio.sleep(0.01)
        with contextlib.suppress(ProcessLookupError):
            member.process.send_signal(signal.SIGKILL)
        await member.process.wait()

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
                    codes[member.name] = await asyncio.wait_for(member.process.wait(), PATIENCE)
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
