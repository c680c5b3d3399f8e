"""What a server and its workers take of the machine. Needs Linux's /proc."""

import os
import re
from pathlib import Path

MEBIBYTE = 1024  # kB
HOST = 920  # MiB that a t2.micro has for all containers


def processes(pid: int) -> list[int]:
    """Itself and everything it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in processes(int(child)))]


def mebibytes(pid: int) -> float:
    """PSS of all its processes: a page that several share counts once."""
    rollups = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in processes(pid)]
    sizes = [re.search(r"^Pss:\s+(\d+) kB$", rollup, re.MULTILINE) for rollup in rollups]
    return sum(int(size[1]) for size in sizes if size) / MEBIBYTE


def processor_seconds(pid: int) -> float:
    """What its processes have computed so far, those that ended left out."""
    ticks = 0
    for each in processes(pid):
        fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # in user and in kernel mode
    return ticks / os.sysconf("SC_CLK_TCK")
