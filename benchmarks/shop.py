"""A server of the benchmark's own, on loopback, with an empty database that goes away with it."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.environment import start_postgresql
from tests.live.server import Server, running


def add_engine_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--postgresql", action="store_true", help="on PostgreSQL from its wheel, not on SQLite"
    )


@contextmanager
def own_server(postgresql: bool) -> Iterator[Server]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ecom-benchmark-")))
        server_url = start_postgresql() if postgresql else None
        variables = {"THROTTLES_ENABLED": "false", "LOG_LEVEL": "WARNING"}
        yield stack.enter_context(running(folder, server_url, **variables))
