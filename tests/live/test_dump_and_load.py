"""A catalog moves from one engine to another and back, as `dumpdata` and `loaddata` do it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.environment import start_database
from tests.live.databases import new_database
from tests.live.server import Server

# One of each model, and what is easily lost on the way: a half price, text beyond ASCII, null.
FILL = """
from uuid import UUID
from catalog.models import ClosedOwner, Item, UploadPart
from ecom.principal import Principal
owner, buyer = (Principal(UUID(int=n), f"p{n}", False, UUID(int=n), 1) for n in (1, 2))
seller = {"owner_id": owner.id, "owner": owner.handle}
item = Item.objects.offer(**seller, name="Krug ☕", price="2.50", stock=9)
item.buy(buyer, 2, key="k")
Item.objects.read(item.id).withdraw()
Item.objects.offer(**seller, name="Cup", price="1000000.00", sku="C")
ClosedOwner.objects.create(owner_id=UUID(int=3))
UploadPart.objects.create(upload="u", number=0, content=bytes(range(256)))
"""


def catalog(folder: Path, server_url: str | None) -> Server:
    folder.mkdir()
    variables = {"DJANGO_SETTINGS_MODULE": "ecom.settings.catalog"}
    server = Server(folder, new_database(folder, server_url), **variables)
    run(server, "migrate", "--verbosity=0")
    return server


def run(server: Server, *arguments: str) -> str:
    done = server.manage(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def dumped(server: Server) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(run(server, "dumpdata", "catalog"))
    return sorted(rows, key=lambda row: (row["model"], row["pk"]))


def moved(from_: Server, to: Server) -> list[dict[str, Any]]:
    file = from_.folder / "catalog.json"
    run(from_, "dumpdata", "catalog", f"--output={file}")
    run(to, "loaddata", str(file))
    return dumped(to)


@pytest.mark.parametrize("other", ["sqlite", "postgresql"])
def test_there_and_back(tmp_path: Path, database_server: str, other: str) -> None:
    elsewhere = start_database(other)
    origin = catalog(tmp_path / "origin", elsewhere)
    documentdb = catalog(tmp_path / "documentdb", database_server)
    back = catalog(tmp_path / "back", elsewhere)
    run(origin, "shell", "--verbosity=0", "-c", FILL)
    rows = dumped(origin)
    assert len(rows) == 6

    assert moved(origin, documentdb) == rows
    assert moved(documentdb, back) == rows


def test_twice(tmp_path: Path, database_server: str) -> None:
    """Loading again changes nothing."""
    origin = catalog(tmp_path / "origin", None)
    documentdb = catalog(tmp_path / "documentdb", database_server)
    run(origin, "shell", "--verbosity=0", "-c", FILL)
    assert moved(origin, documentdb) == moved(origin, documentdb)
