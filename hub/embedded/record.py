"""``stores.json``: which stores this data directory has, and who runs them.

The file (mode 0600) keeps ports and passwords between starts, so that a connection made before a
store died is good again after its restart, whoever restarts it. It may be believed only while
somebody holds ``stores.lock``; the kernel gives that lock back at the holder's death.
"""

import fcntl
import json
import os
import secrets
import signal
import socket
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

# Below the kernel's ephemeral range, where no passing connection can sit on our port.
PORTS = range(20_000, 32_000)


@dataclass(frozen=True)
class Run:
    """One process, told apart from a later one with the same number."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """The process as it is now, or None when it has ended."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        state, *rest = stat.rpartition(")")[2].split()
        if state in "ZX":
            return None
        return cls(pid, f"{boot}:{rest[18]}")

    @property
    def alive(self) -> bool:
        return Run.of(self.pid) == self

    def kill(self) -> None:
        if self.alive:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                return


@dataclass(frozen=True)
class Place:
    """Where one store answers."""

    port: int
    password: str = field(repr=False)
    run: Run | None = None


@dataclass(frozen=True)
class Record:
    ready: bool
    mongo: Place
    redis: Place

    @property
    def mongo_url(self) -> str:
        at = f"127.0.0.1:{self.mongo.port}"
        return f"mongodb://hub:{self.mongo.password}@{at}/hub?authSource=admin"

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.redis.password}@127.0.0.1:{self.redis.port}/0"

    def leftovers(self) -> list[Run]:
        return [one.run for one in (self.mongo, self.redis) if one.run and one.run.alive]


def read(path: Path) -> Record | None:
    try:
        raw = json.loads(path.read_text())
        return Record(bool(raw["ready"]), _place(raw["mongo"]), _place(raw["redis"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _place(raw: dict[str, Any]) -> Place:
    run = raw.get("run")
    return Place(int(raw["port"]), str(raw["password"]), Run(**run) if run else None)


def write(path: Path, record: Record) -> None:
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(record), file)
    draft.replace(path)


def fresh(old: Record | None) -> Record:
    """Last time's ports and passwords where they can be had again, else new ones."""
    if old is None:
        mongo, redis = (Place(0, secrets.token_urlsafe(24)) for _ in range(2))
    else:
        mongo, redis = old.mongo, old.redis
    taken: set[int] = set()
    places = []
    for place in (mongo, redis):
        port = place.port if place.port and free(place.port) else _free_port(taken)
        taken.add(port)
        places.append(replace(place, port=port, run=None))
    return Record(False, *places)


def _free_port(taken: set[int]) -> int:
    for _ in range(200):
        port = secrets.choice(PORTS)
        if port not in taken and free(port):
            return port
    raise OSError("no free port")


def free(port: int) -> bool:
    with socket.socket() as probe:
        # As the stores do: connections of the last run in TIME_WAIT are no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Lock:
    """At most one process owns the stores of a data directory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def give_back(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
