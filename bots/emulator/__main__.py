"""`python -m bots.emulator [--port N] [--data DIR]`: the local Telegram alone."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from bots.emulator.demo import demo_cast
from bots.emulator.server import Emulator


async def _serve(port: int, data: Path | None, desk_url: str | None) -> None:
    cast = demo_cast()
    emulator = Emulator(cast.bots, cast.people, data, desk_url)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(sign, stop.set)
    url = await emulator.start("127.0.0.1", port)
    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()
    await stop.wait()
    await emulator.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bots.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--desk-url")
    asked = parser.parse_args()
    asyncio.run(_serve(asked.port, asked.data, asked.desk_url))


if __name__ == "__main__":
    main()
