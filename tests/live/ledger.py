from dataclasses import dataclass

from tests.live.services import Shop


@dataclass(frozen=True)
class Ledger:
    """What the ledger says of one item, read from the database itself."""

    sold: int
    withdrawn: int

    @classmethod
    def of(cls, server: Shop, item: str) -> "Ledger":
        columns = ("first_unit", "quantity", "kind")
        entries = sorted(server.select("catalog_entry", *columns, item_id=item))
        taken = 0
        for first_unit, quantity, _ in entries:
            assert first_unit == taken, f"units are missing or taken twice: {entries}"
            assert quantity > 0
            taken += quantity
        units = {"sale": 0, "withdrawal": 0}
        for _, quantity, kind in entries:
            units[kind] += quantity
        return cls(units["sale"], units["withdrawal"])
