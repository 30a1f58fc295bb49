"""The ``hub`` command."""

import os
import sys
from typing import NoReturn

from hub.commands.main import main as run_command


def main() -> NoReturn:
    code = run_command(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader left (``hub … | head``); Python would complain once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
