"""Both databases vanish under load for half a minute, longer than pools like to try again."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.documentdb_server.process import Server as StandIn
from tests.environment import start_stand_in
from tests.live.load import Call, Load
from tests.live.person import PASSWORD, Person
from tests.live.postgresql import PostgreSQL, running_postgresql
from tests.live.services import Services, running_services

OUTAGE = 30  # seconds
NOTICED_WITHIN = 6  # seconds until what was in flight has its answer
ANSWERED_WITHIN = 2.0  # seconds
BUSY = 3.0  # seconds that this machine may add for what was at work when the database vanished
RECOVERED_WITHIN = 5  # seconds after the database is back
SERVICES = ("accounts", "catalog")
KINDS = ("sign-in", "me", "buy", "item")


@pytest.fixture
def postgresql() -> Iterator[PostgreSQL]:
    with running_postgresql() as postgresql:
        yield postgresql


@pytest.fixture
def documentdb(tmp_path: Path) -> Iterator[StandIn]:
    with start_stand_in(tmp_path / "documentdb") as stand_in:
        yield stand_in


@pytest.fixture
def services(tmp_path: Path, postgresql: PostgreSQL, documentdb: StandIn) -> Iterator[Services]:
    with running_services(
        tmp_path, documentdb.url("catalog"), postgresql.url, THROTTLES_ENABLED="false"
    ) as services:
        yield services


def add_calls(load: Load, services: Services) -> None:
    """More of them at once than there are threads for."""
    url = services.url
    seller, buyer = Person.signed_up(url), Person.signed_up(url)
    item = seller.offer(stock=1_000_000)
    credentials = {"email": buyer.email, "password": PASSWORD}
    load.add("buy", lambda: buyer.buy(item), clients=20)
    load.add("item", lambda: Person(url).get(f"/catalog/items/{item}/"), clients=4)
    load.add("sign-in", lambda: Person(url).post("/accounts/sign-in/", credentials), clients=2)
    load.add("me", lambda: buyer.get("/accounts/me/"), clients=20)
    for name in SERVICES:
        server = getattr(services, name)
        for path in ("/health", "/ready"):
            load.add(name + path, partial(asked_now_and_then, load, server.url + path))


def asked_now_and_then(load: Load, address: str) -> requests.Response:
    load.ending.wait(0.1)
    return requests.get(address, timeout=20)


def test_half_a_minute(services: Services, postgresql: PostgreSQL, documentdb: StandIn) -> None:
    with Load() as load:
        add_calls(load, services)
        for kind in KINDS:
            load.wait_for(kind, 201 if kind == "buy" else 200, time.monotonic(), within=20)

        postgresql.kill()
        documentdb.kill()
        gone = time.monotonic()
        for name in SERVICES:
            load.wait_for(f"{name}/ready", 503, gone, NOTICED_WITHIN)
        load.ending.wait(gone + OUTAGE - time.monotonic())
        returning = time.monotonic()
        postgresql.start()
        documentdb.start()
        back = time.monotonic()
        for name in SERVICES:
            load.wait_for(f"{name}/ready", 200, back, RECOVERED_WITHIN)
        for kind in KINDS:
            load.wait_for(kind, 201 if kind == "buy" else 200, back, RECOVERED_WITHIN)
        settled = time.monotonic()
        for kind in KINDS:
            load.wait_for(kind, 201 if kind == "buy" else 200, settled, within=20)

    for name in SERVICES:
        assert {call.status for call in load.of(f"{name}/health")} == {200}
        during = load.of(f"{name}/ready", gone + NOTICED_WITHIN, returning)
        assert {call.status for call in during} == {503}
        assert "WORKER TIMEOUT" not in getattr(services, name).logged()
    for kind in KINDS:
        during = load.of(kind, gone, returning - ANSWERED_WITHIN - BUSY)
        assert len(during) > OUTAGE / ANSWERED_WITHIN
        assert [call for call in during if not answered_properly(call)] == []
        late = [call for call in during if call.seconds > ANSWERED_WITHIN]
        assert len(late) <= len(during) / 50, late
        assert {call.status for call in load.of(kind, settled)} <= {200, 201}


def answered_properly(call: Call) -> bool:
    answered = call.status == 503 and call.retry_after is not None
    return answered and call.seconds <= ANSWERED_WITHIN + BUSY
