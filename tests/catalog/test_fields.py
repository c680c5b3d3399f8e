import re
import time

import pytest
from django.core.exceptions import ValidationError

from catalog.fields import ObjectIdField, new_object_id
from catalog.models import Item
from tests.catalog.conftest import Offer


def test_position(offer: Offer) -> None:
    item = offer()
    assert item.position == item.id
    (many,) = Item.objects.bulk_create([Item(owner_id=item.owner_id, price=1, sku_key="s")])
    assert Item.objects.get(pk=many.id).position == many.id


def test_form() -> None:
    before = int(time.time())
    made = new_object_id()
    assert re.fullmatch(r"[0-9a-f]{24}", made)
    assert before <= int(made[:8], 16) <= time.time()


def test_sorted_by_time() -> None:
    made = []
    for _ in range(50):
        made.append(new_object_id())
        time.sleep(0.0001)
    assert made == sorted(made)


def test_fraction_fits_three_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_999_999_999)
    assert new_object_id().startswith(f"{1_700_000_000:08x}ffffff")


@pytest.mark.parametrize("value", ["", "a" * 23, "a" * 25, "A" * 24, "g" * 24, "a" * 24 + "\n"])
def test_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        ObjectIdField().run_validators(value or "x")
