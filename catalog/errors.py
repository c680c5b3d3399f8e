"""Why an item cannot be sold or changed: each with its status, its code and a sentence."""

from rest_framework.exceptions import AuthenticationFailed, NotFound, PermissionDenied

from ecom.errors import Conflict, PreconditionFailed


class AccountClosed(AuthenticationFailed):
    default_detail = "This account is closed."
    default_code = "account_closed"


class ItemChanged(PreconditionFailed):
    default_code = "item_changed"


class ItemWithdrawn(NotFound):
    default_detail = "This item is no longer offered."
    default_code = "item_withdrawn"


class OwnItem(PermissionDenied):
    default_detail = "This item is your own. Nobody buys from themselves."
    default_code = "own_item"


class SkuTaken(Conflict):
    default_detail = "Another of your items has this sku."
    default_code = "sku_taken"


class SoldOut(Conflict):
    default_code = "sold_out"

    def __init__(self, left: int) -> None:
        super().__init__(f"Only {left} left." if left else "Sold out.")
