"""No file, however wrong, ends otherwise than in a sentence."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.ecs.configuration import read
from deploy.ecs.configuration.model import (
    Deployment,
    DocumentDB,
    ExistingDatabase,
    Instances,
    Model,
    Network,
    PostgreSQL,
    Service,
    Task,
)
from deploy.ecs.errors import DeploymentError

ENVIRONMENT = '[environments.production]\npreset = "fargate"\nregion = "eu-central-1"\n'
TABLES: dict[str, type[Model]] = {
    "": Deployment,
    "task": Task,
    "instances": Instances,
    "network": Network,
    "postgresql": PostgreSQL,
    "postgresql.existing": ExistingDatabase,
    "documentdb": DocumentDB,
    "documentdb.existing": ExistingDatabase,
    "services.accounts": Service,
    "services.accounts.task": Task,
}
VALUES = {
    "boolean": "true",
    "integer": "-1",
    "float": "0.5",
    "string": '"\\u0000 ä"',
    "list": '[1, "a", [true]]',
    "table": "{a = 1}",
    "date": "2026-11-27",
    "nan": "nan",
}
# The values that a field takes though it looks as if it did not.
TAKEN = {"boolean": bool, "integer": int, "string": str}


def fields() -> Iterator[tuple[str, str]]:
    for table, model in TABLES.items():
        yield from ((table, name) for name in model.model_fields if name != "environment")


def text(table: str, name: str, value: str) -> str:
    head = f"[{table}]\n" if table else ""
    service = "" if table == "services.accounts" else '[services.accounts]\npaths = ["/a"]\n'
    paths = 'paths = ["/a"]\n' if table == "services.accounts" and name != "paths" else ""
    settings = f"{head}{name} = {value}\n{paths}"
    if name == "services":
        service = ""
    if name in {"preset", "region"}:
        return f"[environments.production]\n{name} = {value}\n{service}"
    return settings + service + ENVIRONMENT


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize(("table", "name"), list(fields()))
def test_wrong_value(table: str, name: str, kind: str, tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text(text(table, name, VALUES[kind]))
    try:
        found: Any = read(file)
    except DeploymentError as error:
        assert error.cause.startswith(str(file))
        assert error.cause.endswith(".")
        return
    for step in filter(None, [*table.split("."), name]):
        found = found[step] if isinstance(found, dict) else getattr(found, step)
    assert isinstance(found, TAKEN[kind])


def anything(chance: random.Random, depth: int = 0) -> str:
    """A value of TOML."""
    kind = chance.choice(["scalar", "scalar", "list", "table"] if depth < 3 else ["scalar"])
    if kind == "list":
        return f"[{', '.join(anything(chance, depth + 1) for _ in range(chance.randrange(3)))}]"
    if kind == "table":
        pairs = {chance.choice(NAMES): anything(chance, depth + 1) for _ in range(2)}
        return "{" + ", ".join(f"{key} = {value}" for key, value in pairs.items()) + "}"
    return chance.choice([*VALUES.values(), '"fargate"', '"/a"', "5", '"accounts"', "{}", "[]"])


NAMES = sorted({name for _, name in fields()} | {"accounts", "catalog", "environments", "A_URL"})
# As people write headers, also such that are not plain.
HEADERS = ["[{}]", "[environments.production.{}]", "[[{}]]", '["{}"]', "[services.{}]", "# [{}]"]


def document(chance: random.Random) -> str:
    lines = []
    for _ in range(chance.randrange(8)):
        if chance.random() < 0.3:
            lines.append(chance.choice(HEADERS).format(chance.choice(NAMES)))
        lines.append(f"{chance.choice(NAMES)} = {anything(chance)}")
    return "\n".join([*lines, ENVIRONMENT] if chance.random() < 0.8 else lines)


def test_random_files(tmp_path: Path) -> None:
    file, refused = tmp_path / "deployment.toml", 0
    for seed in range(400):
        file.write_text(document(random.Random(seed)))
        try:
            read(file)
        except DeploymentError:
            refused += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}:\n{file.read_text()}") from error
    assert refused > 300
