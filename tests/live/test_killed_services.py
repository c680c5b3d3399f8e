"""Each service ended by SIGKILL under load, and started again: the other one does not notice."""

import time
import uuid
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.live.ledger import Ledger
from tests.live.load import Load
from tests.live.person import PASSWORD, Person, new_email
from tests.live.services import Services, running_services

KILLS = 2
RECOVERED_WITHIN = 5  # seconds after the service is ready again
PATIENCE = 30  # seconds


@pytest.fixture(scope="module")
def services(
    tmp_path_factory: pytest.TempPathFactory,
    database_server: str | None,
    accounts_server: str | None,
) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("killed")
    with running_services(
        folder, database_server, accounts_server, THROTTLES_ENABLED="false"
    ) as services:
        yield services


class Customers:
    """They sign up and buy, and ask again with the same key until they get an answer."""

    def __init__(self, services: Services, load: Load) -> None:
        self.url = services.url
        self.load = load
        self.seller, self.buyer = (Person.signed_up(self.url) for _ in range(2))
        self.item = self.seller.offer(stock=1_000_000)
        self.sales: list[str] = []  # ids, as acknowledged
        self.emails: list[str] = []
        load.repeat(self.buy, clients=6)
        load.repeat(self.sign_up, clients=2)

    def buy(self) -> None:
        key = uuid.uuid4().hex
        answer = self.persist("buy", {201}, lambda: self.buyer.buy(self.item, 2, key))
        self.sales.append(answer.json()["id"])

    def sign_up(self) -> None:
        body = {"email": new_email(), "password": PASSWORD}
        # 409: an earlier try went through, its answer did not.
        self.persist(
            "sign-up", {201, 409}, lambda: Person(self.url).post("/accounts/sign-up/", body)
        )
        self.emails.append(body["email"])

    def persist(
        self, kind: str, statuses: set[int], call: Callable[[], requests.Response]
    ) -> requests.Response:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            response = self.load.timed(kind, call)
            if response is not None and response.status_code in statuses:
                return response
        raise TimeoutError(f"{kind} has not succeeded for {PATIENCE} seconds")


@pytest.mark.parametrize(("killed", "other"), [("accounts", "buy"), ("catalog", "sign-up")])
def test_nothing_acknowledged_is_lost(services: Services, killed: str, other: str) -> None:
    server = getattr(services, killed)
    own = {"accounts": "sign-up", "catalog": "buy"}[killed]
    with Load() as load:
        customers = Customers(services, load)
        for _ in range(KILLS):
            load.wait_for(own, 201, time.monotonic(), PATIENCE)
            load.wait_for(other, 201, time.monotonic(), PATIENCE)
            server.kill()
            load.wait_for(own, 502, time.monotonic(), PATIENCE)
            server.start()
            load.wait_for(own, 201, time.monotonic(), RECOVERED_WITHIN)

    assert {call.status for call in load.of(other)} == {201}
    entries = services.select("catalog_entry", "id", item_id=customers.item)
    assert sorted(entry for (entry,) in entries) == sorted(customers.sales)
    assert Ledger.of(services, customers.item).sold == 2 * len(customers.sales)
    stored = {email for (email,) in services.select("accounts_user", "email")}
    assert set(customers.emails) <= stored
    body = {"email": customers.emails[-1], "password": PASSWORD}
    assert Person(services.url).post("/accounts/sign-in/", body).status_code == 200
