"""From many times to few figures, and the machine they hold for."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path


def percentile_ms(seconds: Sequence[float], share: float) -> float:
    """The time that ``share`` (0.5, 0.99) of all did not exceed, in milliseconds."""
    ordered = sorted(seconds)
    index = min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))
    return round(ordered[index] * 1000, 2)


def machine() -> str:
    """Processor, cores, memory: what figures may be compared by."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} × CPU, {gigabytes:.0f} GiB, Python {platform.python_version()}"


def cpu_seconds(pid: int) -> float:
    """Processor time, user and system, that a process with all its threads has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
