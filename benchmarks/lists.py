"""What a page of a list costs with 2,000 and with 200,000 items: the first and the 1,000th."""

import argparse
import time
from collections.abc import Sequence
from statistics import median

import requests

from benchmarks.figures import milliseconds, print_table
from benchmarks.shop import add_engine_option, catalog_of, own_shop
from tests.live.services import Shop

SIZES = (2_000, 200_000)
PAGE = 2  # items, so that the smaller shop has a 1,000th page
DEEP = 1_000
REPEATS = 50
LISTS = {
    "newest": "order=newest",
    "oldest": "order=oldest",
    "cheapest": "order=price",
    "dearest": "order=-price",
    "price range": "order=price&price_min=1&price_max=1000000",
    "owner": "owner=shop",
}
# Prices repeat, as they do in shops: pages have to go on within one price.
FILL = """
from decimal import Decimal
from uuid import uuid4
from catalog.fields import new_object_id
from catalog.models import Item
owner = uuid4()
def item(number):
    pk = new_object_id()
    price = Decimal(100 + number * 7919 % 1000) / 100
    return Item(id=pk, owner_id=owner, owner="shop", name=f"Item {number}", price=price,
                sku_key=f"id:{pk}", create_key=f"id:{pk}")
for start in range(0, COUNT, 1000):
    Item.objects.bulk_create(item(start + number) for number in range(1000))
"""


def page_seconds(session: requests.Session, url: str) -> float:
    def once() -> float:
        started = time.perf_counter()
        assert session.get(url, timeout=60).ok
        return time.perf_counter() - started

    return median(once() for _ in range(REPEATS))


def deep_url(session: requests.Session, url: str) -> str:
    for _ in range(DEEP - 1):
        url = session.get(url, timeout=60).json()["next"]
    return url


def measure(shop: Shop, count: int) -> dict[str, tuple[float, float]]:
    """Seconds for the first and for the 1,000th page of each list."""
    filled = catalog_of(shop).manage(
        "shell", "--verbosity=0", "-c", FILL.replace("COUNT", str(count))
    )
    assert filled.returncode == 0, filled.stderr
    seconds = {}
    with requests.Session() as session:
        for name, query in LISTS.items():
            first = f"{shop.url}/catalog/items/?limit={PAGE}&{query}"
            deep = deep_url(session, first)
            seconds[name] = page_seconds(session, first), page_seconds(session, deep)
    return seconds


def table(small: dict[str, tuple[float, float]], large: dict[str, tuple[float, float]]) -> None:
    rows: list[Sequence[str]] = [["list", "page", *(f"{size:,} items" for size in SIZES), "ratio"]]
    for name in LISTS:
        for page, before, after in zip((1, DEEP), small[name], large[name], strict=True):
            figures = milliseconds(before), milliseconds(after), f"{after / before:.2f}"
            rows.append([name, f"{page:,}", *figures])
    print_table(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.lists")
    add_engine_option(parser)
    options = parser.parse_args()
    results = []
    for size in SIZES:
        with own_shop(options.engine) as shop:
            results.append(measure(shop, size))
    table(*results)


if __name__ == "__main__":
    main()
