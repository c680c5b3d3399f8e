"""A shop of the benchmark's own, on loopback, with an empty database that goes away with it."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.environment import ENGINES, start_database
from tests.live.server import Server
from tests.live.services import Services, Shop, running_services, running_shop

VARIABLES = {"THROTTLES_ENABLED": "false", "LOG_LEVEL": "WARNING", "DATABASE_GATE": "false"}


def add_engine_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="sqlite",
        help="the catalog's database (sqlite); on documentdb, which is the tests' stand-in, "
        "accounts and catalog are two services",
    )


@contextmanager
def own_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ecom-benchmark-") as folder:
        yield Path(folder)


@contextmanager
def own_shop(engine: str) -> Iterator[Shop]:
    with ExitStack() as stack:
        folder = stack.enter_context(own_folder())
        yield stack.enter_context(running_shop(folder, start_database(engine), **VARIABLES))


@contextmanager
def own_services(engine: str) -> Iterator[Services]:
    with ExitStack() as stack:
        folder = stack.enter_context(own_folder())
        yield stack.enter_context(running_services(folder, start_database(engine), **VARIABLES))


def catalog_of(shop: Shop) -> Server:
    return shop.catalog if isinstance(shop, Services) else shop
