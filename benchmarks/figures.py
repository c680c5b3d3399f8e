from collections.abc import Sequence
from statistics import quantiles


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def percentiles(seconds: Sequence[float]) -> str:
    cuts = quantiles(seconds, n=100, method="inclusive")
    return ", ".join(
        f"{name} {milliseconds(value)}"
        for name, value in [
            ("median", cuts[49]),
            ("95 %", cuts[94]),
            ("99 %", cuts[98]),
            ("longest", max(seconds)),
        ]
    )


def print_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1])] + [cell.rjust(width) for cell, width in others]
        print("  ".join(cells).rstrip())
