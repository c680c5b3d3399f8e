from dataclasses import dataclass

from tests.live.server import Server


@dataclass(frozen=True)
class Ledger:
    """What the ledger says of one item, read from the database itself."""

    sold: int
    withdrawn: int

    @classmethod
    def of(cls, server: Server, item: str) -> "Ledger":
        entries = server.rows(
            "SELECT first_unit, quantity, kind FROM catalog_entry WHERE item_id = %s"
            " ORDER BY first_unit",
            item,
        )
        taken = 0
        for first_unit, quantity, _ in entries:
            assert first_unit == taken, f"units are missing or taken twice: {entries}"
            assert quantity > 0
            taken += quantity
        units = {"sale": 0, "withdrawal": 0}
        for _, quantity, kind in entries:
            units[kind] += quantity
        return cls(units["sale"], units["withdrawal"])
