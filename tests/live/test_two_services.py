"""accounts and catalog as two services: two processes, two databases, HTTP between them."""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.live.person import PASSWORD, Person
from tests.live.server import Server
from tests.live.services import REVOKED_WITHIN, Services, running_services


@pytest.fixture(scope="module")
def services(
    tmp_path_factory: pytest.TempPathFactory,
    database_server: str | None,
    accounts_server: str | None,
) -> Iterator[Services]:
    with running_services(
        tmp_path_factory.mktemp("services"),
        database_server,
        accounts_server,
        THROTTLES_ENABLED="false",
        WEB_CONCURRENCY="1",  # each worker fetches a revocation list of its own
    ) as services:
        yield services


@pytest.fixture
def accounts(services: Services) -> Server:
    return services.accounts


@pytest.fixture
def catalog(services: Services) -> Server:
    return services.catalog


@pytest.fixture
def sign_up(services: Services) -> Callable[[], tuple[Person, Person]]:
    """Gives the same person twice: as a client of accounts, and of catalog."""
    accounts, catalog = services.accounts, services.catalog

    def sign_up() -> tuple[Person, Person]:
        there = Person.signed_up(accounts.url)
        here = Person(catalog.url, there.token)
        here.handle = there.handle
        return there, here

    return sign_up


SignUp = Callable[[], tuple[Person, Person]]


def test_each_reaches_the_other(accounts: Server, catalog: Server) -> None:
    for server, other in ((accounts, "CATALOG_URL"), (catalog, "ACCOUNTS_URL")):
        done = server.manage("check_peers", "--patience=10")
        assert done.returncode == 0, done.stderr
        url = server.environment[other]
        assert done.stdout == f"{other} {url}: answers, keys: 2.\n"


def status_soon(person: Person, expected: int) -> int:
    """What catalog answers the person, at the latest when a revocation must have arrived."""
    deadline = time.monotonic() + REVOKED_WITHIN
    while (status := person.get("/catalog/my/items/").status_code) != expected:
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    return status


def test_a_sale(catalog: Server, sign_up: SignUp) -> None:
    _, seller = sign_up()
    _, buyer = sign_up()

    item = seller.offer(stock=2)
    bought = buyer.buy(item)

    assert bought.status_code == 201
    assert catalog.select("catalog_entry", "quantity", item_id=item) == [(1,)]
    [sale] = seller.get("/catalog/my/sales/").json()["results"]
    assert sale["id"] == bought.json()["id"]


def test_signed_out(sign_up: SignUp) -> None:
    there, here = sign_up()
    assert here.get("/catalog/my/items/").status_code == 200

    assert there.post("/accounts/sign-out/", {}).status_code == 204

    assert status_soon(here, 401) == 401


def test_signed_out_everywhere(sign_up: SignUp) -> None:
    there, here = sign_up()
    assert there.post("/accounts/sign-out-everywhere/", {}).status_code == 204
    assert status_soon(here, 401) == 401


def test_closed_account(accounts: Server, catalog: Server, sign_up: SignUp) -> None:
    there, seller = sign_up()
    _, buyer = sign_up()
    item = seller.offer(stock=2)

    response = there.call("POST", "/accounts/me/close/", json={"password": PASSWORD})

    assert response.status_code == 204
    assert buyer.buy(item).status_code == 404
    entries = catalog.select("catalog_entry", "kind", "quantity", item_id=item)
    assert entries == [("withdrawal", 2)]
    assert status_soon(seller, 401) == 401
    assert accounts.select("accounts_user", "email", email=there.email) == []


def test_closed_while_catalog_is_away(accounts: Server, catalog: Server, sign_up: SignUp) -> None:
    there, seller = sign_up()
    item = seller.offer(stock=2)
    catalog.kill()

    response = there.call("POST", "/accounts/me/close/", json={"password": PASSWORD})
    assert response.status_code == 204
    assert len(accounts.select("accounts_closure", "user_id", acknowledged_at=None)) == 1

    catalog.start()
    assert accounts.manage("close_accounts").returncode == 0

    assert not accounts.select("accounts_closure", "user_id", acknowledged_at=None)
    entries = catalog.select("catalog_entry", "kind", "quantity", item_id=item)
    assert entries == [("withdrawal", 2)]


def test_catalog_goes_on_while_accounts_is_away(
    accounts: Server, catalog: Server, sign_up: SignUp
) -> None:
    _, seller = sign_up()
    _, buyer = sign_up()
    item = seller.offer(stock=5)
    assert buyer.buy(item).status_code == 201
    accounts.kill()
    try:
        assert Person(catalog.url).get("/catalog/items/").status_code == 200
        assert buyer.buy(item).status_code == 201
    finally:
        accounts.start()


def test_catalog_without_a_revocation_list(
    accounts: Server, catalog: Server, sign_up: SignUp
) -> None:
    """It cannot know who has been locked, so nobody gets in; reading needs nobody."""
    _, seller = sign_up()
    accounts.kill()
    catalog.stop()
    catalog.start()
    try:
        refused = seller.post("/catalog/items/", {"name": "Teapot", "price": "1"})
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert Person(catalog.url).get("/catalog/items/").status_code == 200
    finally:
        accounts.start()
    assert status_soon(seller, 200) == 200


def test_peer_routes_refuse_people(accounts: Server, catalog: Server, sign_up: SignUp) -> None:
    there, here = sign_up()
    assert there.post("/accounts/peer/revocations/", {"known": ""}).status_code == 401
    asked = {"handle": there.handle}
    assert there.post("/accounts/peer/accounts/", asked).status_code == 401
    body = {"email": there.email, "password": PASSWORD, "address": "127.0.0.1"}
    assert there.post("/accounts/peer/staff-sign-in/", body).status_code == 401
    withdrawal = {"owner_id": there.id}
    assert here.post("/catalog/peer/withdrawals/", withdrawal).status_code == 401


def test_each_service_has_its_paths_only(accounts: Server, catalog: Server) -> None:
    assert Person(accounts.url).get("/catalog/items/").status_code == 404
    assert Person(catalog.url).get("/accounts/me/").status_code == 404
