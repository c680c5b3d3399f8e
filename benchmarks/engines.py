"""Throughput of the catalog service on the stand-in for DocumentDB and on PostgreSQL.

The stand-in is a single process in Python and says nothing of the speed of Amazon's service. What
the figures show is that no request costs many commands, and how both engines grow with clients.
"""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

from benchmarks.figures import percentiles, print_table
from benchmarks.shop import catalog_of, own_services
from tests.live.person import Person
from tests.live.services import Services

ENGINES = ("postgresql", "documentdb")
CLIENTS = 8
REQUESTS = 800  # of each kind
ITEMS = 200

Request = Callable[[Person, str], int]
KINDS: dict[str, Request] = {
    "item": lambda person, item: person.get(f"/catalog/items/{item}/").status_code,
    "list": lambda person, item: person.get("/catalog/items/?limit=25").status_code,
    "purchase": lambda person, item: person.buy(item).status_code,
}


def measure(services: Services) -> dict[str, list[float]]:
    """Seconds of each request by its kind; the last figure is that of all."""
    owner, buyer = Person.signed_up(services.url), Person.signed_up(services.url)
    catalog = catalog_of(services).url  # past the router, which is the tests' own
    seller, client = Person(catalog, owner.token), Person(catalog, buyer.token)
    items = cycle([seller.offer(stock=1000) for _ in range(ITEMS)])

    def timed(kind: str) -> float:
        started = time.perf_counter()
        assert KINDS[kind](client, next(items)) < 300
        return time.perf_counter() - started

    seconds = {}
    for kind in KINDS:
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(timed, [kind] * CLIENTS))
            started = time.perf_counter()
            seconds[kind] = list(pool.map(timed, [kind] * REQUESTS))
            seconds[kind].append(time.perf_counter() - started)
    return seconds


def main() -> None:
    argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.engines").parse_args()
    results = {}
    for engine in ENGINES:
        with own_services(engine) as services:
            results[engine] = measure(services)
    rows = [["request", "engine", "a second", "of PostgreSQL's", "times"]]
    for kind in KINDS:
        fastest = REQUESTS / results["postgresql"][kind][-1]
        for engine in ENGINES:
            *seconds, total = results[engine][kind]
            rate = REQUESTS / total
            share = f"{rate / fastest:.2f}"
            rows.append([kind, engine, f"{rate:,.0f}", share, percentiles(seconds)])
    print_table(rows)


if __name__ == "__main__":
    main()
