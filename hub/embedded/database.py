"""The embedded database as a program: ``python database.py DIRECTORY PORT``, password on stdin.

Runs by path, without the hub's packages, so that it is up in a third of a second. It asks a
password from the first connection on: the user is written before the socket listens.
"""

import logging
import signal
import socket
import sys
import threading
from types import FrameType

from secantus.auth import derive_credentials
from secantus.server import SecantusDBServer

USER = "hub"
# The default of 1G is a promise to the engine, not a need of ours; bigger hub, real MongoDB.
CACHE = "160M"


def main() -> None:
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
