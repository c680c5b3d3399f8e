"""A monolith's data become those of two services, as docs/two-services.md says it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.live.conftest import ON_DOCUMENTDB
from tests.live.person import PASSWORD, Person
from tests.live.server import Server, running
from tests.live.services import Services, running_services

DUMPS = {"accounts": ("accounts", "auth.group"), "catalog": ("catalog",)}
VARIABLES = {"THROTTLES_ENABLED": "false"}


@dataclass(frozen=True)
class Before:
    """What people had at the monolith."""

    seller: Person
    buyer: Person
    closed: Person
    item: str
    sale: str
    rows: dict[str, list[dict[str, Any]]]


def dump(server: Server, service: str, file: Path) -> list[dict[str, Any]]:
    options = ("--natural-foreign", f"--output={file}")
    done = server.manage("dumpdata", *DUMPS[service], *options)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(file.read_text())
    return sorted(rows, key=lambda row: (row["model"], str(row["pk"])))


def live_at(monolith: Server, folder: Path) -> Before:
    seller, buyer, closed = (Person.signed_up(monolith.url) for _ in range(3))
    item = seller.offer(stock=5, name="Krug ☕", sku="K-1")
    sale = buyer.buy(item, quantity=2, key="order-1")
    assert sale.status_code == 201
    closed.offer(stock=1)
    answer = closed.post("/accounts/me/close/", {"password": PASSWORD})
    assert answer.status_code == 204, answer.text
    rows = {service: dump(monolith, service, folder / f"{service}.json") for service in DUMPS}
    return Before(seller, buyer, closed, item, str(sale.json()["id"]), rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("split")


@pytest.fixture(scope="module")
def before(folder: Path, database_server: str | None) -> Before:
    own = folder / "monolith"
    own.mkdir()
    with running(own, None if ON_DOCUMENTDB else database_server, **VARIABLES) as monolith:
        return live_at(monolith, folder)


@pytest.fixture(scope="module")
def services(
    folder: Path, before: Before, database_server: str | None, accounts_server: str | None
) -> Iterator[Services]:
    for name in ("accounts-keys.json", "secret_key"):
        (folder / "accounts").mkdir(exist_ok=True)
        shutil.copy(folder / "monolith" / name, folder / "accounts")
    with running_services(folder, database_server, accounts_server, **VARIABLES) as services:
        for name in DUMPS:
            done = getattr(services, name).manage("loaddata", str(folder / f"{name}.json"))
            assert done.returncode == 0, done.stderr
        yield services


def moved(person: Person, services: Services) -> Person:
    """With the token that the monolith gave."""
    return Person(services.url, person.token)


@pytest.mark.parametrize("service", DUMPS)
def test_every_row(services: Services, before: Before, tmp_path: Path, service: str) -> None:
    server = getattr(services, service)
    assert before.rows[service]
    assert dump(server, service, tmp_path / "after.json") == before.rows[service]


def test_tokens_go_on(services: Services, before: Before) -> None:
    buyer = moved(before.buyer, services)
    assert buyer.get("/accounts/me/").json()["id"] == before.buyer.id
    [purchase] = buyer.get("/catalog/my/purchases/").json()["results"]
    assert purchase["id"] == before.sale
    refreshed = buyer.post("/accounts/refresh/", {"refresh": before.buyer.refresh})
    assert refreshed.status_code == 200


def test_sign_in(services: Services, before: Before) -> None:
    seller, closed = before.seller, before.closed
    body = {"email": seller.email, "password": PASSWORD}
    answer = Person(services.url).post("/accounts/sign-in/", body)
    assert answer.status_code == 200
    here = Person(services.url, answer.json()["access"])
    assert [item["id"] for item in here.get("/catalog/my/items/").json()["results"]] == [
        before.item
    ]
    body = {"email": closed.email, "password": PASSWORD}
    assert Person(services.url).post("/accounts/sign-in/", body).status_code == 401


def test_sales_go_on(services: Services, before: Before) -> None:
    buyer = moved(before.buyer, services)

    again = buyer.buy(before.item, quantity=2, key="order-1")
    assert again.json()["id"] == before.sale

    assert buyer.buy(before.item, quantity=3, key="order-2").status_code == 201
    assert buyer.buy(before.item).status_code in {404, 409}
    sales = moved(before.seller, services).get("/catalog/my/sales/").json()["results"]
    assert [sale["quantity"] for sale in sales] == [3, 2]
