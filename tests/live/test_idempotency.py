import uuid

from tests.live.ledger import Ledger
from tests.live.person import Person, together
from tests.live.services import Shop


def test_one_purchase(server: Shop, owner: Person, buyer: Person) -> None:
    item = owner.offer(stock=50)
    key = str(uuid.uuid4())

    responses = together(20, lambda _: buyer.buy(item, quantity=2, key=key))

    assert {response.status_code for response in responses} == {201}
    assert len({response.text for response in responses}) == 1
    assert Ledger.of(server, item) == Ledger(sold=2, withdrawn=0)


def test_one_purchase_of_the_last_unit(server: Shop, owner: Person, buyer: Person) -> None:
    item = owner.offer(stock=1)
    key = str(uuid.uuid4())

    responses = together(20, lambda _: buyer.buy(item, key=key))

    assert {response.status_code for response in responses} == {201}
    assert len({response.text for response in responses}) == 1
    assert Ledger.of(server, item) == Ledger(sold=1, withdrawn=0)


def test_one_key_for_two_wishes(server: Shop, owner: Person, buyer: Person) -> None:
    item = owner.offer(stock=50)
    key = str(uuid.uuid4())

    responses = together(20, lambda i: buyer.buy(item, quantity=i % 2 + 1, key=key))

    won = [response for response in responses if response.status_code == 201]
    lost = [response for response in responses if response.status_code == 422]
    assert len(won) == len(lost) == 10
    assert len({response.text for response in won}) == 1
    assert {response.json()["code"] for response in lost} == {"idempotency_key_reused"}
    assert Ledger.of(server, item).sold == won[0].json()["quantity"]


def test_one_key_of_two_buyers(server: Shop, owner: Person, crowd: list[Person]) -> None:
    item = owner.offer(stock=50)
    key = str(uuid.uuid4())

    responses = together(20, lambda i: crowd[i % 2].buy(item, key=key))

    assert {response.status_code for response in responses} == {201}
    assert len({response.text for response in responses}) == 2
    assert Ledger.of(server, item) == Ledger(sold=2, withdrawn=0)


def test_one_item(server: Shop, owner: Person) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"name": "Teapot", "price": "2.55", "stock": 3}

    responses = together(20, lambda _: owner.post("/catalog/items/", body, **headers))

    assert {response.status_code for response in responses} == {201}
    assert len({response.text for response in responses}) == 1
    items = server.select("catalog_item", "id", owner=owner.handle)
    assert items == [(responses[0].json()["id"],)]
