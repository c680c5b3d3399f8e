import pytest
from rest_framework.test import APIClient

from catalog import search
from ecom.principal import Principal
from tests.catalog.conftest import Offer

URL = "/catalog/items/"


def names(client: APIClient, query: str) -> list[str]:
    return [item["name"] for item in client.get(f"{URL}?{query}").json()["results"]]


def test_name_and_description(anonymous: APIClient, offer: Offer) -> None:
    offer(name="Red CUP")
    offer(name="Box", description="for a cupboard")
    offer(name="Lamp", description="of glass")
    assert names(anonymous, "search=cup") == ["Box", "Red CUP"]
    assert names(anonymous, "search=cup&order=oldest") == ["Red CUP", "Box"]
    assert names(anonymous, "search=%20%20") == ["Lamp", "Box", "Red CUP"]


def test_case_beyond_ascii(anonymous: APIClient, offer: Offer) -> None:
    offer(name="Große Ähre")
    assert names(anonymous, "search=GROSSE ÄHRE") == ["Große Ähre"]


@pytest.mark.parametrize("text", ["%", "_", "'", "\\", "100%25"])
def test_nothing_is_special(anonymous: APIClient, offer: Offer, text: str) -> None:
    offer(name="plain")
    assert names(anonymous, f"search={text}") == []


def test_with_filters(anonymous: APIClient, offer: Offer, buyer: Principal) -> None:
    offer(name="cheap cup", price="1.00")
    offer(name="dear cup", price="9.00")
    offer(name="his cup", price="5.00", by=buyer)
    offer(name="sold cup").buy(buyer)
    assert names(anonymous, "search=cup&order=price") == ["cheap cup", "his cup", "dear cup"]
    assert names(anonymous, "search=cup&price_min=2&owner=megy") == ["dear cup"]


@pytest.mark.parametrize("order", ["newest", "oldest", "price", "-price"])
def test_pages(
    anonymous: APIClient, offer: Offer, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WINDOW", 2)
    for number in range(12):
        offer(name=f"{'cup' if number % 3 else 'box'} {number}", price=str(number % 2 + 1))
    url: str | None = f"{URL}?order={order}&search=cup&limit=3"
    found: list[str] = []
    previous = None
    while url:
        page = anonymous.get(url).json()
        found += [item["name"] for item in page["results"]]
        url, previous = page["next"], page["previous"]

    everything = names(anonymous, f"order={order}")
    assert found == [name for name in everything if "cup" in name]
    assert previous is not None
    assert [item["name"] for item in anonymous.get(previous).json()["results"]] == found[-5:-2]


def test_time_is_bounded(
    anonymous: APIClient, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WINDOW", 2)
    monkeypatch.setattr(search, "SECONDS", -1)
    offer(name="cup")
    for _ in range(4):
        offer(name="box")

    pages = []
    url: str | None = f"{URL}?search=cup"
    while url:
        page = anonymous.get(url).json()
        pages.append([item["name"] for item in page["results"]])
        url = page["next"]

    assert pages == [[], [], ["cup"]]


def test_item_gone_while_searching(
    anonymous: APIClient, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(name="cup")
    kept = offer(name="cup kept")
    scan = search.scan

    def scan_then_delete(*args: object) -> object:
        found = scan(*args)  # type: ignore[arg-type]
        type(kept).objects.exclude(pk=kept.id).delete()
        return found

    monkeypatch.setattr(search, "scan", scan_then_delete)
    assert names(anonymous, "search=cup") == ["cup kept"]
