"""Closing an account across services, each killed at every point of its part: it ends right."""

import itertools
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import pytest

from tests.live.ledger import Ledger
from tests.live.person import PASSWORD, Person
from tests.live.server import ROOT, Server
from tests.live.services import Services, running_services

CLOSE = """
from accounts.closing import close
from accounts.models import User
close(User.objects.get(email={email!r}))
"""
SWEEP = """
from django.core.management import call_command
call_command("close_accounts")
"""
WITHDRAW = """
from uuid import UUID
from catalog.peer import CatalogInProcess
assert CatalogInProcess().withdraw_items(UUID({id!r}))
"""


@pytest.fixture(scope="module")
def services(
    tmp_path_factory: pytest.TempPathFactory,
    database_server: str | None,
    accounts_server: str | None,
) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("closing")
    variables = {"THROTTLES_ENABLED": "false", "WEB_CONCURRENCY": "1"}
    with running_services(folder, database_server, accounts_server, **variables) as services:
        yield services


@dataclass(frozen=True)
class Seller:
    """Somebody who has sold one of three units."""

    services: Services
    person: Person
    item: str

    @classmethod
    def at(cls, services: Services) -> Self:
        person, buyer = Person.signed_up(services.url), Person.signed_up(services.url)
        item = person.offer(stock=3)
        assert buyer.buy(item).status_code == 201
        return cls(services, person, item)

    @property
    def closures(self) -> list[bool]:
        """Whether each, of which there is none or one, is acknowledged."""
        found = self.services.select("accounts_closure", "acknowledged_at", user_id=self.person.id)
        return [at is not None for (at,) in found]

    def sign_in(self) -> int:
        body = {"email": self.person.email, "password": PASSWORD}
        return Person(self.services.url).post("/accounts/sign-in/", body).status_code

    def assert_nothing_happened(self) -> None:
        assert self.sign_in() == 200
        assert Ledger.of(self.services, self.item) == Ledger(sold=1, withdrawn=0)
        assert Person.signed_up(self.services.url).buy(self.item).status_code == 201

    def assert_closed_for_good(self) -> None:
        assert self.closures == [True]
        assert self.sign_in() == 401
        assert Ledger.of(self.services, self.item) == Ledger(sold=1, withdrawn=2)
        sellers = self.services.select("catalog_entry", "seller", item_id=self.item)
        assert {seller for (seller,) in sellers} <= {""}
        again = Person.signed_up(self.services.url, self.person.email)
        assert again.handle == self.person.handle
        assert again.get("/catalog/my/items/").json()["results"] == []


def survives(server: Server, number: int, code: str) -> bool:
    """Whether the code has ended before its `number`th command to the database."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.live.mortal", str(number), code],
        cwd=ROOT,
        env=server.environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode == 0


def test_accounts_is_killed(services: Services) -> None:
    sellers = []
    for number in itertools.count(1):
        sellers.append(Seller.at(services))
        if survives(services.accounts, number, CLOSE.format(email=sellers[-1].person.email)):
            break
    reached = [seller.closures for seller in sellers]
    # From untouched to pending to done, each more than once, and never back.
    assert [state for state, _ in itertools.groupby(reached)] == [[], [False], [True]]
    assert reached.count([]) > 1
    assert reached.count([False]) > 1

    swept = services.accounts.manage("close_accounts")

    assert swept.returncode == 0, swept.stderr
    assert swept.stdout == f"{reached.count([False])} closed for good.\n"
    for seller, closures in zip(sellers, reached, strict=True):
        if closures:
            seller.assert_closed_for_good()
        else:
            seller.assert_nothing_happened()


def test_the_sweep_is_killed(services: Services) -> None:
    """Again and again, each time a command later."""
    sellers = [Seller.at(services) for _ in range(2)]
    services.catalog.kill()
    for seller in sellers:
        answer = seller.person.post("/accounts/me/close/", {"password": PASSWORD})
        assert answer.status_code == 204
        assert seller.closures == [False]
    services.catalog.start()
    deaths = 0
    while not survives(services.accounts, deaths + 1, SWEEP):
        deaths += 1
    assert deaths > 2
    for seller in sellers:
        seller.assert_closed_for_good()


def test_the_catalog_is_killed(services: Services) -> None:
    deaths = 0
    while True:
        seller = Seller.at(services)
        if survives(services.catalog, deaths + 1, WITHDRAW.format(id=seller.person.id)):
            break
        deaths += 1
        answer = seller.person.post("/accounts/me/close/", {"password": PASSWORD})
        assert answer.status_code == 204
        seller.assert_closed_for_good()
    assert deaths > 5
