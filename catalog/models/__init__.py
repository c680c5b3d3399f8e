from catalog.models.closed_owners import ClosedOwner
from catalog.models.items import MAX_STOCK, MAX_TRIES, MIN_PRICE, Item, ItemQuerySet, sku_key
from catalog.models.ledger import Entry
from catalog.models.uploads import UploadPart

__all__ = [
    "MAX_STOCK",
    "MAX_TRIES",
    "MIN_PRICE",
    "ClosedOwner",
    "Entry",
    "Item",
    "ItemQuerySet",
    "UploadPart",
    "sku_key",
]
