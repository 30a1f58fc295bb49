"""Ports for programs that cannot be asked which one they took, and for those started again.

A port that was only looked at may be somebody else's before the program opens it: all the other
tests ask the kernel for ports of servers and connections meanwhile. These lie below what the
kernel gives away, and each is ours by a lock that every worker minds, until the process ends.
"""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

LOCKS = Path(tempfile.gettempdir()) / f"hub-test-ports-{os.getuid()}"
PORTS = range(12_000, 20_000, 2)
"""Every other one: who is given a port may open the next as well, as `hub run --demo` does."""
_held: list[int] = []


def free_port() -> int:
    """One that nobody listens at and nobody else is given, by TCP or UDP."""
    LOCKS.mkdir(exist_ok=True)
    # Not the generator that tests seed: all of them would begin with the same ports.
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        lock = os.open(LOCKS / str(port), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _nobody(port, socket.SOCK_STREAM) and _nobody(port, socket.SOCK_DGRAM):
                _held.append(lock)
                return port
        except BlockingIOError:
            pass
        os.close(lock)
    raise OSError("no free port")


def _nobody(port: int, kind: int) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            # As servers do: connections of before in TIME_WAIT are no hindrance.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
