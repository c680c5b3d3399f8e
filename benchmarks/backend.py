"""What the database backend adds to pymongo: each operation by the ORM and by pymongo alone.

Both talk to the same server over the same kind of connection.
"""

import argparse
import os
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.figures import print_table
from tests.environment import start_database

REPEATS = 400
ITEMS = 2_000

Operation = Callable[[], Any]


def prepare() -> None:
    os.environ |= {
        "ECOM_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "ecom.settings.catalog",
        "DATABASE_URL": str(start_database("documentdb")),
        "DATABASE_GATE": os.environ.get("DATABASE_GATE", "false"),
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def operations() -> dict[str, tuple[Operation, Operation]]:
    """By the ORM, and the same command by pymongo."""
    from bson import ObjectId
    from django.db import connection
    from django.db.models import F

    from catalog.fields import new_object_id
    from catalog.models import Item

    def new(number: int) -> Item:
        pk = new_object_id()
        keys = {"sku_key": f"id:{pk}", "create_key": f"id:{pk}"}
        return Item(id=pk, owner_id=owner, owner="shop", name="Item", price=number, **keys)

    from uuid import uuid4

    owner = uuid4()
    items = Item.objects.bulk_create(new(number) for number in range(1, ITEMS + 1))
    pk = items[ITEMS // 2].id
    collection: Any = connection.connection[connection.settings_dict["NAME"]].catalog_item
    document = collection.find_one({"_id": ObjectId(pk)})
    here = {"_id": ObjectId(pk)}
    page = Item.objects.filter(on_sale__in=[True]).order_by("-position")

    def insert() -> None:
        key = str(ObjectId())
        collection.insert_one(document | {"_id": ObjectId(), "sku_key": key, "create_key": key})

    def find_page() -> list[Any]:
        return list(collection.find({"on_sale": True}).sort("position", -1).limit(26))

    guarded = {**here, "offered": {"$gt": 0}}
    return {
        "get by id": (lambda: Item.objects.get(pk=pk), lambda: collection.find_one(here)),
        "page of 26": (lambda: list(page[:26]), find_page),
        "insert": (lambda: new(1).save(force_insert=True), insert),
        "guarded update": (
            lambda: Item.objects.filter(pk=pk, offered__gt=0).update(taken=F("taken") + 1),
            lambda: collection.update_many(guarded, {"$inc": {"taken": 1}}),
        ),
        "exists": (
            lambda: Item.objects.filter(pk=pk).exists(),
            lambda: collection.find_one(here, {"_id": 1}),
        ),
        "count of an owner's": (
            Item.objects.filter(owner_id=owner)[:100].count,
            lambda: list(
                collection.aggregate(
                    [
                        {"$match": {"owner_id": owner.hex}},
                        {"$limit": 100},
                        {"$group": {"_id": None, "n": {"$sum": 1}}},
                    ]
                )
            ),
        ),
    }


def microseconds(operation: Operation) -> float:
    def once() -> float:
        started = time.perf_counter()
        operation()
        return time.perf_counter() - started

    once()
    return median(once() for _ in range(REPEATS)) * 1e6


def main() -> None:
    argparse.ArgumentParser(description=__doc__, prog="python -m benchmarks.backend").parse_args()
    prepare()
    rows = [["operation", "pymongo", "ORM", "difference", "ratio"]]
    for name, (by_orm, by_pymongo) in operations().items():
        plain, orm = microseconds(by_pymongo), microseconds(by_orm)
        figures = (plain, orm, orm - plain)
        rows.append([name, *(f"{each:,.0f} µs" for each in figures), f"{orm / plain:.2f}"])
    print_table(rows)


if __name__ == "__main__":
    main()
