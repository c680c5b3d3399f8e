"""What a list costs on SQLite and PostgreSQL, by their own word."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

Statement = tuple[str, Any]


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """What the catalog's tables are asked, but for one item by its id."""
    asked: list[Statement] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if 'FROM "catalog_' in sql and '"catalog_item"."id" =' not in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        yield asked


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plan(statement: Statement) -> list[Any]:
    sql, params = statement
    prefix = (
        "EXPLAIN (ANALYZE, FORMAT JSON) "
        if connection.vendor == "postgresql"
        else "EXPLAIN QUERY PLAN "
    )
    with connection.cursor() as cursor:
        cursor.execute(prefix + sql, params)
        return list(cursor.fetchall())


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from nodes(child)


def examined(statement: Statement) -> int:
    """Rows that PostgreSQL read: what its scans returned, and what they threw away."""
    ((found,),) = plan(statement)
    root = found[0]["Plan"]
    total = 0
    for node in nodes(root):
        assert node["Node Type"] not in {"Sort", "Incremental Sort", "Seq Scan"}, root
        if node["Node Type"].endswith("Scan"):
            removed = [value for key, value in node.items() if key.startswith("Rows Removed")]
            total += int(node["Actual Rows"] * node["Actual Loops"]) + sum(removed)
    return total


def check_page(asked: list[Statement], rows: int, url: str) -> None:
    """All of it comes from indexes in their order, and PostgreSQL reads at most `rows`."""
    assert asked
    if connection.vendor == "postgresql":
        assert sum(map(examined, asked)) <= rows, (url, [plan(each) for each in asked])
        return
    for each in asked:
        steps = [row[-1] for row in plan(each)]
        assert len(steps) == 1, (url, steps)
        assert re.match(r"SEARCH catalog_\w+ USING (COVERING )?INDEX", steps[0]), (url, steps)
