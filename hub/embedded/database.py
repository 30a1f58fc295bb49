"""The embedded database as a program: ``python database.py DIRECTORY PORT``, password on stdin.

Runs by path, without the hub's packages, so that it is up in a third of a second. It asks a
password from the first connection on: the user is written before the socket listens.
"""

import functools
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from secantus.auth import derive_credentials
from secantus.server import SecantusDBServer
from secantus.storage import Storage

USER = "hub"
# The default of 1G is a promise to the engine, not a need of ours; bigger hub, real MongoDB.
CACHE = "160M"


Known = dict[tuple[str, str], dict[str, dict[str, Any]]]


def read_indexes_once_a_statement() -> None:
    """Of this one version (pyproject names it): for every document that it writes it reads the
    options of all indexes of its collection three times, which is a quarter of what an insert
    costs. Nobody can change them meanwhile: a statement holds the lock of its collection."""
    statement = threading.local()
    read = Storage._index_options_map

    def options(self: Storage, db: str, coll: str) -> dict[str, dict[str, Any]]:
        known: Known | None = getattr(statement, "known", None)
        if known is None:
            return dict(read(self, db, coll))
        if (db, coll) not in known:
            known[db, coll] = read(self, db, coll)
        return known[db, coll]

    def whole(run: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(run)
        def once(*args: Any, **options: Any) -> Any:
            statement.known = {}
            try:
                return run(*args, **options)
            finally:
                statement.known = None

        return once

    Storage._index_options_map = options
    Storage._insert_chunk = whole(Storage._insert_chunk)
    Storage._update_chunk = whole(Storage._update_chunk)


def main() -> None:
    read_indexes_once_a_statement()
    directory, port = sys.argv[1], int(sys.argv[2])
    password = sys.stdin.readline().strip()
    logging.basicConfig(level="WARNING", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    server = SecantusDBServer(
        host="127.0.0.1",
        port=port,
        storage_path=directory,
        # Standalone: as a replica set of one, every retryable write walks all remembered replies.
        replica_set_name=None,
        require_auth=True,
        enable_test_commands=False,
        cache_size=CACHE,
    )
    server.storage.add_user(
        "admin",
        USER,
        {
            "_id": f"admin.{USER}",
            "user": USER,
            "db": "admin",
            "credentials": derive_credentials(password, username=USER).to_doc(),
            "roles": [{"role": "root", "db": "admin"}],
            "mechanisms": ["SCRAM-SHA-256"],
        },
        replace=True,
    )
    stopped = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    server.start()
    address = server.address
    stopped.wait()
    closing = threading.Thread(target=server.stop)
    closing.start()
    while closing.is_alive():
        # Its accept loop sees the stop only with the next caller; be that caller.
        try:
            socket.create_connection(address, timeout=0.2).close()
        except OSError:
            break
        closing.join(0.05)
    closing.join()


if __name__ == "__main__":
    main()
