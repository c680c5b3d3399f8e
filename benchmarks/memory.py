"""Memory of each service as it answers 10,000 requests, its start-up time, and the image's size.

accounts runs on PostgreSQL and catalog on the tests' stand-in for DocumentDB, each with one
worker. Needs Linux's /proc; the image is built where that can be done.
"""

import argparse
import itertools
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from benchmarks.figures import print_table
from benchmarks.footprint import HOST, mebibytes
from benchmarks.shop import VARIABLES, own_folder
from tests.environment import start_database
from tests.image.building import BASE, IMAGE, alone, build, buildah, why_not
from tests.live.person import PASSWORD, Person
from tests.live.server import Server, free_port, running

STEPS = (0, 1_000, 5_000, 10_000)  # requests
CLIENTS = 8
STARTS = 5
ENGINES = {"accounts": "postgresql", "catalog": "documentdb"}
Call = Callable[[int], object]


@contextmanager
def services() -> Iterator[dict[str, Server]]:
    ports = {name: free_port() for name in ENGINES}
    urls = {f"{name.upper()}_URL": f"http://127.0.0.1:{port}" for name, port in ports.items()}
    with ExitStack() as stack:
        folder = stack.enter_context(own_folder())
        servers = {}
        for name, engine in ENGINES.items():
            own = {"DJANGO_SETTINGS_MODULE": f"ecom.settings.{name}", "PORT": str(ports[name])}
            variables = VARIABLES | urls | own | {"WEB_CONCURRENCY": "1"}
            (folder / name).mkdir()
            database = start_database(engine)
            servers[name] = stack.enter_context(running(folder / name, database, **variables))
        yield servers


def memory(server: Server) -> float:
    assert server.process is not None
    return mebibytes(server.process.pid)


def accounts_calls(person: Person) -> list[Call]:
    """In twenty requests one sign-in, whose hash takes 19 MiB."""
    sign_in = {"email": person.email, "password": PASSWORD}
    return [
        lambda number: person.post("/accounts/sign-in/", sign_in),
        *[lambda number: person.get("/accounts/me/")] * 15,
        *[lambda number: person.get("/.well-known/jwks.json")] * 4,
    ]


def catalog_calls(url: str, seller: Person, buyer: Person) -> list[Call]:
    anybody, here, there = Person(url), Person(url, seller.token), Person(url, buyer.token)
    item = here.offer(stock=1_000_000)
    return [
        lambda number: here.offer(name=f"Teapot {number}"),
        lambda number: there.buy(item),
        lambda number: there.get("/catalog/my/purchases/?limit=20"),
        *[lambda number: anybody.get("/catalog/items/?limit=20")] * 4,
        *[lambda number: anybody.get(f"/catalog/items/{item}/")] * 3,
    ]


def answer(calls: list[Call], numbers: range) -> None:
    turns = itertools.islice(itertools.cycle(calls), len(numbers))
    with ThreadPoolExecutor(CLIENTS) as pool:
        for response in pool.map(lambda turn: turn[0](turn[1]), zip(turns, numbers, strict=True)):
            assert isinstance(response, str) or response.ok, response.text


def growth(server: Server, calls: list[Call]) -> list[float]:
    """MiB after as many requests as STEPS says."""
    sizes = [memory(server)]
    for before, after in itertools.pairwise(STEPS):
        answer(calls, range(before, after))
        sizes.append(memory(server))
    return sizes


def seconds_to_start(server: Server) -> float:
    def once() -> float:
        server.stop()
        began = time.perf_counter()
        server.start()
        return time.perf_counter() - began

    return median(once() for _ in range(STARTS))


def print_services() -> None:
    rows = [["MiB after requests", *(f"{step:,}" for step in STEPS), "growth", "start"]]
    with services() as servers:
        accounts, catalog = servers["accounts"], servers["catalog"]
        seller, buyer = Person.signed_up(accounts.url), Person.signed_up(accounts.url)
        starts = {name: seconds_to_start(server) for name, server in servers.items()}
        calls = {
            "accounts": accounts_calls(seller),
            "catalog": catalog_calls(catalog.url, seller, buyer),
        }
        last = 0.0
        for name, server in servers.items():
            sizes = growth(server, calls[name])
            last += sizes[-1]
            figures = [f"{size:,.0f}" for size in sizes]
            rows.append([name, *figures, f"{sizes[-1] / sizes[1]:.2f}", f"{starts[name]:.1f} s"])
    print_table(rows)
    print(f"Both: {last:,.0f} MiB, {last / HOST:.2f} of what a t2.micro has for containers.")


def registry_bytes(image: str) -> int:
    """What a registry keeps of it: its layers, compressed."""
    with tempfile.TemporaryDirectory() as folder:
        buildah("push", "--quiet", "--compression-format=gzip", image, f"dir:{folder}/image")
        manifest = json.loads(Path(folder, "image", "manifest.json").read_text())
    return sum(int(layer["size"]) for layer in manifest["layers"])


def print_image() -> None:
    if reason := why_not():
        print(f"The image is not weighed: {reason}.")
        return
    with alone():
        build()
        base, image = registry_bytes(BASE), registry_bytes(IMAGE)
    rows = [["image, compressed", "MB", "of the base"]]
    for name, size in (("Debian with Python", base), ("with both services", image)):
        rows.append([name, f"{size / 1e6:,.0f}", f"{size / base:.2f}"])
    print_table(rows)


def main() -> None:
    argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.memory").parse_args()
    print_services()
    print_image()


if __name__ == "__main__":
    main()
