from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from catalog.models import Entry, Item
from ecom.principal import Principal

ADMIN = "/catalog/admin/"
ITEMS = "/catalog/admin/catalog/item/"
ENTRIES = "/catalog/admin/catalog/entry/"


def form_of(item: Item, **changes: str) -> dict[str, str]:
    fields = {name: str(getattr(item, name)) for name in ["name", "description", "sku", "price"]}
    return fields | changes


def test_sign_in_is_asked_for(client: Client) -> None:
    response = client.get(ITEMS, follow=True)
    assert "/login/" in response.redirect_chain[-1][0]
    assert f"next={ITEMS}" in response.redirect_chain[-1][0].replace("%2F", "/")


def test_index(admin_client: Client) -> None:
    page = admin_client.get(ADMIN).content.decode()
    assert ITEMS in page
    assert ENTRIES in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Mug", "Teapot"]),
        ("q=tea", ["Teapot"]),
        ("q=a1", ["Teapot"]),
        ("q=JOHN", ["Mug"]),
        ("q=A", ["Teapot"]),
        ("state=On sale", ["Teapot"]),
        ("state=Withdrawn", ["Mug"]),
        ("state=Sold out", []),
    ],
)
def test_find_items(
    query: str, names: list[str], admin_client: Client, buyer: Principal, offer: Any
) -> None:
    offer(sku="A1")
    offer(by=buyer, name="Mug", sku="B2").withdraw()
    response = admin_client.get(f"{ITEMS}?{query}")
    assert [item.name for item in response.context["cl"].result_list] == names


def test_change(admin_client: Client, offer: Any) -> None:
    item = offer(sku="A1", stock=3)
    response = admin_client.post(f"{ITEMS}{item.pk}/change/", form_of(item, price="3.00"))
    assert response.status_code == 302
    changed = Item.objects.get(pk=item.pk)
    assert (str(changed.price), changed.version, changed.stock) == ("3.00", item.version + 1, 3)


def test_change_to_a_taken_sku(admin_client: Client, offer: Any) -> None:
    offer(sku="A1")
    item = offer(sku="B2")
    url = f"{ITEMS}{item.pk}/change/"
    response = admin_client.post(url, form_of(item, sku="a1"), follow=True)
    assert "Another of your items has this sku." in response.content.decode()
    assert Item.objects.get(pk=item.pk).sku == "B2"


def test_price_of_nothing(admin_client: Client, offer: Any) -> None:
    item = offer()
    response = admin_client.post(f"{ITEMS}{item.pk}/change/", form_of(item, price="0"))
    assert "greater than or equal to 0.01" in response.content.decode()
    assert Item.objects.get(pk=item.pk).version == item.version


def test_withdrawn_item_stays_as_it_is(admin_client: Client, offer: Any) -> None:
    item = offer()
    item.withdraw()
    response = admin_client.post(f"{ITEMS}{item.pk}/change/", form_of(item, name="New"))
    assert response.status_code == 403
    assert Item.objects.get(pk=item.pk).name == "Teapot"


def test_neither_added_nor_deleted(admin_client: Client, offer: Any) -> None:
    item = offer()
    assert admin_client.get(f"{ITEMS}add/").status_code == 403
    assert admin_client.post(f"{ITEMS}{item.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Item.objects.filter(pk=item.pk).exists()


def test_withdraw(admin_client: Client, offer: Any) -> None:
    item, other = offer(stock=2), offer(name="Mug")
    choice = {"action": "withdraw", "_selected_action": [item.pk]}
    response = admin_client.post(ITEMS, choice, follow=True)
    assert "Taken off sale: 1." in response.content.decode()
    assert Item.objects.get(pk=item.pk).withdrawn_at is not None
    assert Entry.objects.get().quantity == 2
    assert Item.objects.get(pk=other.pk).on_sale
    assert LogEntry.objects.get().object_id == item.pk


def test_ledger_of_an_item(admin_client: Client, buyer: Principal, offer: Any) -> None:
    entry = offer(stock=2).buy(buyer)
    page = admin_client.get(f"{ITEMS}{entry.item_id}/change/").content.decode()
    assert f'href="{ENTRIES}?q={entry.item_id}"' in page


def test_ledger_is_read_only(admin_client: Client, buyer: Principal, offer: Any) -> None:
    entry = offer(stock=2).buy(buyer)
    response = admin_client.get(f"{ENTRIES}?q={entry.item_id}")
    assert [each.pk for each in response.context["cl"].result_list] == [entry.pk]
    url = f"{ENTRIES}{entry.pk}/"
    assert admin_client.get(f"{url}change/").status_code == 200
    assert admin_client.post(f"{url}change/", {"quantity": "5"}).status_code == 403
    assert admin_client.post(f"{url}delete/", {"post": "yes"}).status_code == 403
    assert admin_client.get(f"{ENTRIES}add/").status_code == 403
    choice = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    admin_client.post(ENTRIES, choice)
    assert Entry.objects.get().quantity == 1


@pytest.fixture
def many_items() -> None:
    owner = uuid4()
    items = (
        Item(
            owner_id=owner,
            owner="megy",
            name=f"Teapot {number}",
            price=1,
            sku_key=f"id:{number}",
            create_key=f"id:{number}",
        )
        for number in range(100_000)
    )
    # A statement has the seconds that the database's connection gives it.
    Item.objects.bulk_create(items, batch_size=5_000)


@pytest.mark.usefixtures("many_items")
def test_hundred_thousand_items(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    for query in ["", "?p=5", "?state=On+sale", "?q=Teapot+77", "?all="]:
        with django_assert_max_num_queries(6) as captured:
            response = admin_client.get(f"{ITEMS}{query}")
        assert len(response.context["cl"].result_list) == 100
        assert response.content.count(b"<option") < 10
        statements = [each["sql"] for each in captured if "catalog_item" in each["sql"]]
        assert len(statements) == 2
        assert all("limit" in sql.lower() for sql in statements)
