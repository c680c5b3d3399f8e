"""Many clients at once, through a real server: the ledger stays exact."""

import time
from collections import Counter
from dataclasses import dataclass

import pytest

from tests.live.ledger import Ledger
from tests.live.person import PASSWORD, Person, new_email, together
from tests.live.services import REVOKED_WITHIN, Services, Shop


@dataclass(frozen=True)
class Attempt:
    started: float
    status: int


def attempts(person: Person, item: str, count: int) -> list[Attempt]:
    return [Attempt(time.monotonic(), person.buy(item).status_code) for _ in range(count)]


def bought(made: list[Attempt]) -> list[Attempt]:
    return [attempt for attempt in made if attempt.status == 201]


@pytest.mark.parametrize("stock", [1, 20])
def test_fifty_buyers(server: Shop, owner: Person, crowd: list[Person], stock: int) -> None:
    item = owner.offer(stock)

    statuses = together(50, lambda i: crowd[i].buy(item).status_code)

    assert Counter(statuses) == {201: stock, 409: 50 - stock}
    assert Ledger.of(server, item) == Ledger(sold=stock, withdrawn=0)
    buyers = server.select("catalog_entry", "buyer_id", item_id=item)
    assert len(set(buyers)) == len(buyers) == stock
    assert owner.get(f"/catalog/items/{item}/").json()["stock"] == 0


def test_different_quantities(server: Shop, owner: Person, crowd: list[Person]) -> None:
    item = owner.offer(stock=20)

    statuses = together(30, lambda i: crowd[i].buy(item, quantity=i % 5 + 1).status_code)

    acknowledged = sum(i % 5 + 1 for i, status in enumerate(statuses) if status == 201)
    assert set(statuses) == {201, 409}
    # One unit is the smallest wish, so nothing that anybody wanted is left.
    assert acknowledged == 20
    assert Ledger.of(server, item) == Ledger(sold=20, withdrawn=0)


def test_withdrawal(server: Shop, owner: Person, crowd: list[Person]) -> None:
    item = owner.offer(stock=60)
    acknowledged: list[float] = []

    def act(number: int) -> list[Attempt]:
        if number:
            return attempts(crowd[number], item, 4)
        assert owner.change("DELETE", item).status_code == 204
        acknowledged.append(time.monotonic())
        return attempts(crowd[0], item, 1)

    sales = bought([attempt for made in together(20, act) for attempt in made])

    assert all(sale.started < acknowledged[0] for sale in sales)
    assert Ledger.of(server, item) == Ledger(sold=len(sales), withdrawn=60 - len(sales))
    assert owner.get(f"/catalog/items/{item}/").status_code == 404


def test_lowered_stock(server: Shop, owner: Person, crowd: list[Person]) -> None:
    item = owner.offer(stock=200)  # more than all wishes, so that it has to be lowered
    acknowledged: list[float] = []

    def act(number: int) -> list[Attempt]:
        if number:
            return attempts(crowd[number], item, 4)
        assert owner.change("PATCH", item, {"stock": 5}).status_code == 200
        acknowledged.append(time.monotonic())
        return attempts(crowd[0], item, 1)

    sales = bought([attempt for made in together(20, act) for attempt in made])

    assert sum(sale.started > acknowledged[0] for sale in sales) <= 5
    ledger = Ledger.of(server, item)
    assert ledger.sold == len(sales)
    left = owner.get(f"/catalog/items/{item}/").json()["stock"]
    assert ledger.sold + ledger.withdrawn + left == 200
    assert left <= 5


def test_closing_seller(server: Shop, owner: Person, crowd: list[Person]) -> None:
    items = [owner.offer(stock=30) for _ in range(3)]
    acknowledged: list[float] = []

    def act(number: int) -> dict[str, list[Attempt]]:
        if number:
            return {item: attempts(crowd[number], item, 2) for item in items}
        response = owner.call("POST", "/accounts/me/close/", json={"password": PASSWORD})
        assert response.status_code == 204, response.text
        acknowledged.append(time.monotonic())
        return {item: attempts(crowd[0], item, 1) for item in items}

    made = together(12, act)

    for item in items:
        sales = bought([attempt for each in made for attempt in each[item]])
        assert all(sale.started < acknowledged[0] for sale in sales)
        assert Ledger.of(server, item) == Ledger(sold=len(sales), withdrawn=30 - len(sales))


def test_closing_buyer(server: Shop, owner: Person, buyer: Person) -> None:
    item = owner.offer(stock=60)
    acknowledged: list[float] = []

    def act(number: int) -> list[Attempt]:
        if number:
            return attempts(buyer, item, 4)
        response = buyer.call("POST", "/accounts/me/close/", json={"password": PASSWORD})
        assert response.status_code == 204, response.text
        acknowledged.append(time.monotonic())
        return attempts(buyer, item, 1)

    sales = bought([attempt for made in together(8, act) for attempt in made])

    # Of two services, the catalog learns of a revocation some seconds later.
    within = REVOKED_WITHIN if isinstance(server, Services) else 0
    assert all(sale.started < acknowledged[0] + within for sale in sales)
    assert Ledger.of(server, item) == Ledger(sold=len(sales), withdrawn=0)


def test_sign_ups_for_one_email(server: Shop) -> None:
    email = new_email()
    spellings = [email, email.upper(), email.capitalize()]

    def sign_up(number: int) -> int:
        body = {"email": spellings[number % 3], "password": PASSWORD}
        return Person(server.url).post("/accounts/sign-up/", body).status_code

    statuses = Counter(together(20, sign_up))

    assert statuses[201] == 1
    assert len(statuses) == 2, statuses
    assert max(statuses) < 500
    stored = [stored for (stored,) in server.select("accounts_user", "email")]
    assert [each for each in stored if each and each.lower() == email] == [email]
