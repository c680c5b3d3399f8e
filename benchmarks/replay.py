"""Real order lines, replayed as sign-ups and purchases over HTTP, and the books compared.

Every line with a quantity above zero is bought by its customer (all without one: by one guest)
in the order of the file, by several clients at once. A client that loses its connection sends
the same request again with the same Idempotency-Key. Exits with 1 when the books do not balance.

With --kill, what is named is ended by SIGKILL again and again while it goes on, and started anew.
"""

import argparse
import csv
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import requests

from benchmarks.figures import percentiles
from benchmarks.shop import VARIABLES, add_engine_option, catalog_of, own_folder
from tests.documentdb_server.process import Server as StandIn
from tests.environment import start_database, start_stand_in
from tests.live.person import PASSWORD, Person
from tests.live.server import ROOT
from tests.live.services import Shop, running_shop

DATA = ROOT / "tests" / "data" / "online_retail.csv"
COLUMNS = {"sku": "StockCode", "name": "Description", "price": "UnitPrice"}
STOCK = 500  # units of each item: some codes sell out
RETRY_FOR = 60  # seconds, longer than a restart takes
PAUSE = 0.05  # seconds between two tries


@dataclass(frozen=True)
class Line:
    number: int
    sku: str
    quantity: int
    customer: str


@dataclass(frozen=True)
class Sale:
    id: str
    item: str
    quantity: int


@dataclass
class Outcome:
    acknowledged: list[Sale] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    purchase_seconds: list[float] = field(default_factory=list)
    sign_up_seconds: list[float] = field(default_factory=list)
    retries: int = 0
    kills: int = 0


class Killer:
    """Ends processes by SIGKILL, all of them before the first is started anew."""

    def __init__(self, what: str | None, shop: Shop, stand_in: StandIn | None) -> None:
        self.server = catalog_of(shop) if what in {"server", "both"} else None
        self.stand_in = stand_in if what in {"database", "both"} else None

    def strike(self) -> None:
        if self.stand_in:
            self.stand_in.kill()
        if self.server:
            self.server.kill()
        if self.stand_in:
            self.stand_in.start()
        if self.server:
            self.server.start()


def read_lines(path: Path, limit: int | None) -> Iterator[Line]:
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if limit is not None and number > limit + 1:
                return
            if (quantity := int(row["Quantity"])) > 0:
                sku = row["StockCode"].strip().casefold()
                yield Line(number, sku, quantity, row["CustomerID"].strip() or "guest")


class Replay:
    def __init__(self, shop: Shop, items: dict[str, str], killer: Killer, kill_every: int) -> None:
        self.shop = shop
        self.items = items
        self.killer = killer
        self.kill_every = kill_every
        self.outcome = Outcome()
        self.people: dict[str, Person] = {}
        self.signing_up: dict[str, threading.Lock] = {}
        self.lock = threading.Lock()
        self.one_at_a_time = threading.Lock()

    def run(self, lines: Iterator[Line], clients: int) -> float:
        """Seconds it took."""

        def work(_: int) -> None:
            while True:
                with self.lock:
                    line = next(lines, None)
                if line is None:
                    return
                self.buy(line)

        started = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(work, range(clients)))
        return time.perf_counter() - started

    def buy(self, line: Line) -> None:
        if line.sku not in self.items:
            self.count_refusal("no such item")
            return
        item, key = self.items[line.sku], f"line-{line.number}"
        buyer = self.person(line.customer)
        started = time.perf_counter()
        response = self.persist(lambda: buyer.buy(item, line.quantity, key))
        took = time.perf_counter() - started
        if response.status_code != 201:
            self.count_refusal(str(response.json()["code"]))
            return
        with self.lock:
            self.outcome.purchase_seconds.append(took)
            sale = Sale(response.json()["id"], item, response.json()["quantity"])
            self.outcome.acknowledged.append(sale)
            strike = len(self.outcome.acknowledged) % self.kill_every == 0
            self.outcome.kills += strike
        if strike:
            with self.one_at_a_time:
                self.killer.strike()

    def person(self, customer: str) -> Person:
        with self.lock:
            turn = self.signing_up.setdefault(customer, threading.Lock())
        with turn:
            if customer not in self.people:
                started = time.perf_counter()
                self.people[customer] = self.sign_up(f"customer-{customer}@example.com")
                with self.lock:
                    self.outcome.sign_up_seconds.append(time.perf_counter() - started)
        return self.people[customer]

    def sign_up(self, email: str) -> Person:
        anonymous = Person(self.shop.url)
        body = {"email": email, "password": PASSWORD}
        response = self.persist(lambda: anonymous.post("/accounts/sign-up/", body))
        if response.status_code != 201:  # an earlier try went through, its answer did not
            response = self.persist(lambda: anonymous.post("/accounts/sign-in/", body))
        response.raise_for_status()
        return Person(self.shop.url, response.json()["access"])

    def persist(self, request: Callable[[], requests.Response]) -> requests.Response:
        """The first answer that is no failure of the server. Raises TimeoutError."""
        deadline = time.monotonic() + RETRY_FOR
        while time.monotonic() < deadline:
            try:
                response = request()
            except requests.RequestException:
                pass
            else:
                if response.status_code < 500:
                    return response
            with self.lock:
                self.outcome.retries += 1
            time.sleep(PAUSE)
        raise TimeoutError(f"The server did not come back within {RETRY_FOR} s.")

    def count_refusal(self, reason: str) -> None:
        with self.lock:
            self.outcome.refused[reason] += 1


Ask = Callable[[Callable[[], requests.Response]], requests.Response]


def pages(person: Person, path: str, ask: Ask) -> Iterator[dict[str, str]]:
    url: str | None = f"{path}?limit=100"
    while url:
        page = ask(partial(person.get, url.removeprefix(person.url))).json()
        yield from page["results"]
        url = page["next"]


def stock_shop(shop: Shop, owner: Person) -> dict[str, str]:
    """Import the file's products; their ids by sku."""
    server = catalog_of(shop)
    copy = str(shutil.copy(DATA, server.folder))
    columns = [f"--column={name}={column}" for name, column in COLUMNS.items()]
    command = ["import_items", copy, f"--owner={owner.handle}", f"--stock={STOCK}", *columns]
    server.manage(*command)  # its exit code tells that some lines are refused
    items = pages(owner, "/catalog/my/items/", lambda call: call())
    return {item["sku"].casefold(): item["id"] for item in items}


def differences(acknowledged: list[Sale], ledger: list[Sale]) -> list[str]:
    """What the clients' books and the ledger do not agree on: sale by sale, item by item."""
    found = [f"acknowledged, but lost: {sale}" for sale in set(acknowledged) - set(ledger)]
    found += [f"sold, but not acknowledged: {sale}" for sale in set(ledger) - set(acknowledged)]
    theirs, ours = Counter[str](), Counter[str]()
    for sale in acknowledged:
        theirs[sale.item] += sale.quantity
    for sale in ledger:
        ours[sale.item] += sale.quantity
    for item in theirs | ours:
        if theirs[item] != ours[item]:
            found.append(f"item {item}: {theirs[item]} acknowledged, {ours[item]} in the ledger")
        if ours[item] > STOCK:
            found.append(f"item {item}: {ours[item]} of {STOCK} sold")
    return found


def report(outcome: Outcome, seconds: float) -> None:
    units = sum(sale.quantity for sale in outcome.acknowledged)
    requests_made = len(outcome.acknowledged) + outcome.refused.total()
    print(
        f"{requests_made:,} order lines in {seconds:.1f} s, {requests_made / seconds:,.0f} a second"
    )
    print(f"{len(outcome.acknowledged):,} purchases: {percentiles(outcome.purchase_seconds)}")
    print(f"{len(outcome.sign_up_seconds):,} sign-ups: {percentiles(outcome.sign_up_seconds)}")
    print(f"{outcome.kills:,} times killed, {outcome.retries:,} requests repeated")
    for reason, count in outcome.refused.most_common():
        print(f"{count:,} refused: {reason}")
    print(f"{units:,} units acknowledged")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.replay")
    add_engine_option(parser)
    parser.add_argument("--clients", type=int, default=16, help="at once (16)")
    parser.add_argument("--lines", type=int, help="only the first so many lines of the file")
    parser.add_argument(
        "--kill",
        choices=("server", "database", "both"),
        help="kill -9 it and start it again; the database only with --engine documentdb",
    )
    parser.add_argument(
        "--every", type=int, metavar="N", default=2000, help="kill after every Nth purchase (2000)"
    )
    options = parser.parse_args()
    if options.kill in {"database", "both"} and options.engine != "documentdb":
        parser.error("--kill database needs --engine documentdb")
    with ExitStack() as stack:
        folder = stack.enter_context(own_folder())
        stand_in = None
        if options.engine == "documentdb":
            stand_in = stack.enter_context(start_stand_in(folder / "documentdb"))
        url = stand_in.url("catalog") if stand_in else start_database(options.engine)
        shop = stack.enter_context(running_shop(folder, url, **VARIABLES))
        owner = Person.signed_up(shop.url)
        killer = Killer(options.kill, shop, stand_in)
        every = options.every if options.kill else sys.maxsize
        replay = Replay(shop, stock_shop(shop, owner), killer, every)
        seconds = replay.run(read_lines(DATA, options.lines), options.clients)
        # Another worker than the one that said it is ready may still refuse.
        sales = pages(owner, "/catalog/my/sales/", replay.persist)
        ledger = [Sale(sale["id"], sale["item"], int(sale["quantity"])) for sale in sales]
    report(replay.outcome, seconds)
    wrong = differences(replay.outcome.acknowledged, ledger)
    print("\n".join(wrong) or f"{len(ledger):,} sales in the ledger: the books balance")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
