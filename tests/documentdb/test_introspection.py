from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from bson import Decimal128, ObjectId
from django.core.management import call_command
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def boots() -> Any:
    boots = connection.get_collection("boots")  # type: ignore[attr-defined]
    boots.drop()
    document = {"price": Decimal128(Decimal("9.50")), "made": datetime.now(UTC), "tags": ["new"]}
    boots.insert_many(
        [
            {"_id": ObjectId(), "sku": "a", "size": 40, **document},
            {"_id": ObjectId(), "sku": "b", "size": None, **document},
            {"_id": ObjectId(), "sku": "c", "sold": True, **document},
        ]
    )
    boots.create_index("sku", unique=True)
    yield boots
    boots.drop()


def test_model_of_a_collection(boots: Any) -> None:
    out = StringIO()
    call_command("inspectdb", "boots", stdout=out)
    lines = [line.strip() for line in out.getvalue().splitlines()]
    assert "class Boots(models.Model):" in lines
    assert "sku = models.TextField(unique=True)" in lines
    assert "size = models.BigIntegerField(blank=True, null=True)" in lines
    assert "sold = models.BooleanField(blank=True, null=True)" in lines
    assert "price = models.DecimalField(max_digits=34, decimal_places=2)" in lines
    assert "made = models.DateTimeField()" in lines
    assert "tags = models.JSONField()" in lines
    (key,) = [line for line in lines if "primary_key" in line and not line.startswith("#")]
    assert key.startswith("field_id = django_mongodb_backend.fields.ObjectIdAutoField(")


def test_indexes_of_a_text(boots: Any) -> None:
    boots.create_index([("sku", "text")])
    constraints = connection.introspection.get_constraints(None, "boots")  # type: ignore[arg-type]
    assert {name: each["unique"] for name, each in constraints.items()} == {
        "id": False,
        "sku_1": True,
        "sku_text": False,
    }


def test_names_of_collections(boots: Any) -> None:
    assert "boots" in connection.introspection.table_names()
