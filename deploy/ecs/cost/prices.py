"""The table of prices, with where and when it is from."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("prices.toml")
HOURS = 730  # of a month, as AWS reckons
INSTEAD = "eu-central-1"


@dataclass(frozen=True)
class Prices:
    """USD. `region` is the one that the prices are of, perhaps another than was asked for."""

    region: str
    as_of: str
    table: dict[str, Any]

    @classmethod
    def of(cls, region: str | None) -> "Prices":
        table = _read()
        known = region if region in table["regions"] else INSTEAD
        return cls(str(known), table["as_of"], table["regions"][known])

    def month(self, name: str) -> float:
        """Of what is priced by the month."""
        return float(self.table[name])

    def hours(self, name: str) -> float:
        """Of a whole month of what is priced by the hour."""
        return float(self.table[name]) * HOURS

    def sized(self, kind: str, size: str | None) -> float | None:
        """Of a month of an instance of that type or class; None where it is not in the table."""
        found = self.table[kind].get(size or "")
        return None if found is None else float(found) * HOURS


def free() -> dict[str, Any]:
    found: dict[str, Any] = _read()["free"]
    return found


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text())
