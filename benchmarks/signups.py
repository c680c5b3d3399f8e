"""Memory of the server during 30 simultaneous sign-ups. Needs Linux's /proc.

Each Argon2 hash takes 19 MiB, and as many as there are processors are made at once.
"""

import argparse
import re
import time
from pathlib import Path

from benchmarks.figures import percentiles, print_table
from benchmarks.shop import own_shop
from tests.live.person import Person, together
from tests.live.server import Server

SIGN_UPS = 30


def workers(server: Server) -> list[int]:
    assert server.process is not None
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in children.split()]


def mebibytes(pid: int, name: str) -> float:
    """VmRSS, what the process has in memory, or VmHWM, the most it ever had."""
    status = Path(f"/proc/{pid}/status").read_text()
    match = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    assert match is not None
    return int(match[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.signups")
    parser.add_argument(
        "--engine", choices=("sqlite", "postgresql"), default="sqlite", help="(sqlite)"
    )
    options = parser.parse_args()

    def timed_sign_up(_: int) -> float:
        started = time.perf_counter()
        Person.signed_up(server.url)
        return time.perf_counter() - started

    with own_shop(options.engine) as server:
        assert isinstance(server, Server)
        together(len(workers(server)) * 4, lambda _: Person(server.url).get("/catalog/items/"))
        before = {pid: mebibytes(pid, "VmRSS") for pid in workers(server)}
        seconds = together(SIGN_UPS, timed_sign_up)
        peak = {pid: mebibytes(pid, "VmHWM") for pid in workers(server)}

    rows = [["worker", "before", "most", "difference"]]
    for number, pid in enumerate(before, start=1):
        figures = (before[pid], peak[pid], peak[pid] - before[pid])
        rows.append([str(number), *(f"{figure:.0f} MiB" for figure in figures)])
    print_table(rows)
    print(f"{SIGN_UPS} sign-ups at once: {percentiles(seconds)}")


if __name__ == "__main__":
    main()
