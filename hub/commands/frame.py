"""The frame of a process that stays: one nursery, told to stop by SIGTERM or Ctrl+C.

The first signal sets ``stop``: every part stops taking in, finishes what it has begun and returns.
What has not returned in time, or a second signal, is cancelled: nothing is lost by that, since
what must happen is kept before it is begun (law 1).
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping

from hub.collector import rest_from_start
from hub.commands.refusals import cannot_listen
from hub.commands.texts import say
from hub.http.server import CannotListen

log = logging.getLogger(__name__)

# A part runs until ``stop`` is set and then returns. When it returns or fails earlier, the whole
# process stops: half a hub that looks alive is worse than one that a supervisor starts again.
Part = Callable[[asyncio.Event], Awaitable[None]]

# Together with closing the stores this stays under the 10 s that are promised.
DRAIN_SECONDS = 5.0


async def until_stopped(
    parts: Mapping[str, Part],
    *,
    stop: asyncio.Event | None = None,
    drain_seconds: float = DRAIN_SECONDS,
) -> list[str]:
    """Run all parts until a signal or the end of one of them; returns the names that failed."""
    rest_from_start()
    stopping = stop or asyncio.Event()
    failed: list[str] = []

    async def guarded(name: str, part: Part) -> None:
        try:
            await part(stopping)
        except CannotListen as error:
            print(cannot_listen(error), file=sys.stderr, flush=True)
            failed.append(name)
        except Exception:
            log.exception("%s failed", name)
            failed.append(name)
        finally:
            stopping.set()

    async def drain() -> None:
        await stopping.wait()
        _, late = await asyncio.wait(running, timeout=drain_seconds)
        for task in late:
            log.warning("%s was not done in time", task.get_name())
            task.cancel()

    def heard() -> None:
        if stopping.is_set():
            for task in running:
                task.cancel()
        stopping.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, heard)
    try:
        async with asyncio.TaskGroup() as nursery:
            running = [
                nursery.create_task(guarded(name, part), name=name) for name, part in parts.items()
            ]
            nursery.create_task(drain(), name="drain")
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
    return failed


def report(failed: list[str]) -> int:
    """Say which parts failed; returns the exit code."""
    if failed:
        print(say("said.part_failed", names=", ".join(failed)), flush=True)
    return 1 if failed else 0
