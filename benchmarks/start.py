"""How long `make run` takes until it answers, once installed: the first start and later ones."""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.figures import print_table
from tests.live.databases import new_database
from tests.live.server import Server

STARTS = 5
SERVE = [sys.executable, "manage.py", "serve"]


def seconds_to_start(server: Server) -> float:
    started = time.perf_counter()
    server.start(SERVE)
    took = time.perf_counter() - started
    server.stop()
    return took


def main() -> None:
    argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.start").parse_args()
    with tempfile.TemporaryDirectory(prefix="ecom-benchmark-") as name:
        folder = Path(name)
        server = Server(folder, new_database(folder))
        first = seconds_to_start(server)
        later = median(seconds_to_start(server) for _ in range(STARTS))
    print_table(
        [
            ["start", "seconds", "of the first"],
            ["first", f"{first:.1f}", "1.00"],
            ["later", f"{later:.1f}", f"{later / first:.2f}"],
        ]
    )


if __name__ == "__main__":
    main()
