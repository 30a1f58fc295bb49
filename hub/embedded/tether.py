"""Run a command that cannot outlive the process that asked for it.

``python tether.py PARENT_PID COMMAND…``: asks the kernel for a SIGKILL at the parent's death, then
becomes COMMAND; the request survives the exec. Done in a program of its own, since code between
fork and exec in a process with threads may deadlock. Both stores are made to be killed: what they
acknowledged is in their journals.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent = int(sys.argv[1])
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the request was heard
            sys.exit(1)
    # Ctrl+C in a terminal reaches the whole group; the parent alone decides when a store stops.
    os.setsid()
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606


if __name__ == "__main__":
    main()
