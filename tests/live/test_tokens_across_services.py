"""What accounts signs and revokes, as the catalog service learns it."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest

from tests.live.person import PASSWORD, Person
from tests.live.server import Server
from tests.live.services import REVOKED_WITHIN, Services, running_services


@pytest.fixture(scope="module")
def services(
    tmp_path_factory: pytest.TempPathFactory, database_server: str | None
) -> Iterator[Services]:
    with running_services(
        tmp_path_factory.mktemp("tokens"),
        database_server,
        THROTTLES_ENABLED="false",
        WEB_CONCURRENCY="1",
        LOG_FORMAT="json",
    ) as services:
        yield services


KEYS = "/.well-known/jwks.json"


def signing_key(person: Person) -> str:
    return str(jwt.get_unverified_header(person.token)["kid"])


def rotate(service: Server) -> None:
    done = service.manage("rotate_signing_key", "--force")
    assert done.returncode == 0, done.stderr


def fetched(accounts: Server, path: str) -> int:
    """How often accounts has served it."""
    return sum(path in line for line in accounts.logged().splitlines())


def test_the_list_is_there_before_the_first_request(services: Services) -> None:
    """Each worker fetches it by itself: nothing has been asked of catalog when accounts stops."""
    accounts, catalog = services.accounts, services.catalog
    seller = Person.signed_up(accounts.url)
    catalog.stop()
    before = fetched(accounts, KEYS)
    catalog.start()
    deadline = time.monotonic() + REVOKED_WITHIN
    while fetched(accounts, KEYS) == before:  # with which the list is verified
        assert time.monotonic() < deadline
    accounts.stop()
    try:
        assert Person(catalog.url, seller.token).get("/catalog/my/items/").status_code == 200
    finally:
        accounts.start()


def test_keys_change_under_load(services: Services) -> None:
    """Of both services, while people sign up, sign in and buy; not one call fails."""
    accounts, catalog = services.accounts, services.catalog
    rotated = threading.Event()
    item = Person.signed_up(services.url).offer(stock=100_000)
    keys: set[str] = set()

    def shop_until_the_end() -> int:
        person = Person.signed_up(services.url)
        count = 0
        while not rotated.is_set():
            assert person.get("/accounts/me/").status_code == 200
            assert person.buy(item).status_code == 201
            credentials = {"email": person.email, "password": PASSWORD}
            signed_in = person.post("/accounts/sign-in/", credentials)
            assert signed_in.status_code == 200, signed_in.text
            person.headers = {"Authorization": f"Bearer {signed_in.json()['access']}"}
            keys.add(signing_key(person))
            count += 1
        assert person.buy(item).status_code == 201
        return count

    with ThreadPoolExecutor(4) as pool:
        shoppers = [pool.submit(shop_until_the_end) for _ in range(4)]
        try:
            rotate(accounts)
            rotate(catalog)
            wait_for_two_keys(keys)
        finally:
            rotated.set()
        assert all(shopper.result() for shopper in shoppers)

    assert len(keys) == 2


def wait_for(status: int, person: Person) -> None:
    deadline = time.monotonic() + REVOKED_WITHIN
    while person.get("/catalog/my/items/").status_code != status:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def wait_for_two_keys(keys: set[str]) -> None:
    deadline = time.monotonic() + REVOKED_WITHIN
    while len(keys) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)


def test_an_old_token_after_the_keys_changed(services: Services) -> None:
    """It was signed with a key that is retired now, and is good until it expires."""
    person = Person.signed_up(services.url)
    rotate(services.accounts)
    assert Person(services.catalog.url, person.token).get("/catalog/my/items/").status_code == 200
    newer = Person.signed_up(services.url)
    assert signing_key(newer) != signing_key(person)
    wait_for(200, Person(services.catalog.url, newer.token))


def test_a_revocation_after_the_catalogs_keys_changed(services: Services) -> None:
    """It asks for the list with a request that it signs itself."""
    rotate(services.catalog)
    person = Person.signed_up(services.url)
    assert person.get("/catalog/my/items/").status_code == 200
    assert person.post("/accounts/sign-out/", {}).status_code == 204
    wait_for(401, person)
