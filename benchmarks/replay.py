"""Real order lines, replayed as sign-ups and purchases over HTTP, and the books compared.

Every line with a quantity above zero is bought by its customer (all without one: by one guest)
in the order of the file, by several clients at once. A client that loses its connection sends
the same request again with the same Idempotency-Key. Exits with 1 when the books do not balance.
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
from dataclasses import dataclass, field
from pathlib import Path

import requests

from benchmarks.figures import percentiles
from benchmarks.shop import add_engine_option, own_server
from tests.live.person import PASSWORD, Person
from tests.live.server import ROOT, Server

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


def read_lines(path: Path, limit: int | None) -> Iterator[Line]:
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            if limit is not None and number > limit + 1:
                return
            if (quantity := int(row["Quantity"])) > 0:
                sku = row["StockCode"].strip().casefold()
                yield Line(number, sku, quantity, row["CustomerID"].strip() or "guest")


class Replay:
    def __init__(self, server: Server, items: dict[str, str], kill_after: int | None) -> None:
        self.server = server
        self.items = items
        self.kill_after = kill_after
        self.outcome = Outcome()
        self.people: dict[str, Person] = {}
        self.signing_up: dict[str, threading.Lock] = {}
        self.lock = threading.Lock()

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
            strike = len(self.outcome.acknowledged) == self.kill_after
        if strike:
            self.server.kill()
            self.server.start()

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
        anonymous = Person(self.server.url)
        body = {"email": email, "password": PASSWORD}
        response = self.persist(lambda: anonymous.post("/accounts/sign-up/", body))
        if response.status_code != 201:  # an earlier try went through, its answer did not
            response = self.persist(lambda: anonymous.post("/accounts/sign-in/", body))
        response.raise_for_status()
        return Person(self.server.url, response.json()["access"])

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


def pages(person: Person, path: str) -> Iterator[dict[str, str]]:
    url: str | None = f"{path}?limit=100"
    while url:
        page = person.get(url.removeprefix(person.url)).json()
        yield from page["results"]
        url = page["next"]


def stock_shop(server: Server, owner: Person) -> dict[str, str]:
    """Import the file's products; their ids by sku."""
    copy = str(shutil.copy(DATA, server.folder))
    columns = [f"--column={name}={column}" for name, column in COLUMNS.items()]
    command = ["import_items", copy, f"--owner={owner.handle}", f"--stock={STOCK}", *columns]
    server.manage(*command)  # its exit code tells that some lines are refused
    return {item["sku"].casefold(): item["id"] for item in pages(owner, "/catalog/my/items/")}


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
    print(f"{outcome.retries:,} requests repeated")
    for reason, count in outcome.refused.most_common():
        print(f"{count:,} refused: {reason}")
    print(f"{units:,} units acknowledged")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.replay")
    add_engine_option(parser)
    parser.add_argument("--clients", type=int, default=16, help="at once (16)")
    parser.add_argument("--lines", type=int, help="only the first so many lines of the file")
    parser.add_argument(
        "--kill-after",
        type=int,
        metavar="N",
        help="kill -9 the server after the Nth purchase, and start it again",
    )
    options = parser.parse_args()
    with own_server(options.postgresql) as server:
        owner = Person.signed_up(server.url)
        replay = Replay(server, stock_shop(server, owner), options.kill_after)
        seconds = replay.run(read_lines(DATA, options.lines), options.clients)
        sales = pages(owner, "/catalog/my/sales/")
        ledger = [Sale(sale["id"], sale["item"], int(sale["quantity"])) for sale in sales]
    report(replay.outcome, seconds)
    wrong = differences(replay.outcome.acknowledged, ledger)
    print("\n".join(wrong) or f"{len(ledger):,} sales in the ledger: the books balance")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
