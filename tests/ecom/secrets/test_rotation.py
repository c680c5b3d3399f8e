"""A password is changed while the shop serves, as Secrets Manager does it: the database's first."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pymongo
import pytest
import requests
from psycopg import sql

from ecom.secrets.credentials import FIRST_PAUSE
from ecom.secrets.postgresql import connection_class
from tests.documentdb_server.process import start as start_stand_in
from tests.ecom.secrets.aws import SecretsManager
from tests.environment import start_postgresql
from tests.live.server import Server

ROLE = "rotating"
FIRST, SECOND, THIRD = "1st: p@ss/word%40", "2nd: 'p\"ss\\word?#", "3rd: {}[]$`~ ü"
LEARNT = "The database's user or password has changed"
RECOVERED_WITHIN = 60  # seconds
ITEMS = "/catalog/items/"
CLIENTS = 8
WORKERS = 2


class PostgreSQL:
    """A server that asks the role for its password."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.folder = parse_qs(urlsplit(url).query)["host"][0]
        with self.connect() as admin:
            admin.execute(f"CREATE ROLE {ROLE} LOGIN")
            admin.execute(f"CREATE DATABASE {ROLE} OWNER {ROLE}")
            [path] = admin.execute("SHOW hba_file").fetchone() or [""]
            rules = Path(path)
            rules.write_text(f"local all {ROLE} scram-sha-256\n{rules.read_text()}")
            admin.execute("SELECT pg_reload_conf()")

    def connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True)

    def change_password(self, password: str) -> None:
        with self.connect() as admin:
            admin.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(ROLE), password)
            )

    def end_connections(self) -> int:
        with self.connect() as admin:
            ended = admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [ROLE]
            )
            return len(ended.fetchall())


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> PostgreSQL:
    with pytest.MonkeyPatch.context() as environment:
        # That of the run's own server may belong to another user.
        environment.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        return PostgreSQL(start_postgresql())


class Load:
    """Clients that ask for the list of items until the end, each time over a new connection."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: Counter[int] = Counter()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []

    def add_clients(self, count: int) -> None:
        for _ in range(count):
            thread = threading.Thread(target=self._ask)
            self._threads.append(thread)
            thread.start()

    def _ask(self) -> None:
        while not self._ended.is_set():
            self.answers[requests.get(self.url, timeout=30).status_code] += 1

    def wait_for(self, more: int) -> None:
        """Until so many more were answered."""
        target = self.answers.total() + more
        deadline = time.monotonic() + RECOVERED_WITHIN
        while self.answers.total() < target:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def wait_for_recovery(self, answers: int) -> None:
        """Until so many in a row did not fail."""
        deadline = time.monotonic() + RECOVERED_WITHIN
        failed = -1
        while failed < self.failed:
            assert time.monotonic() < deadline, self.answers
            failed = self.failed
            self.wait_for(answers)

    @property
    def failed(self) -> int:
        return self.answers.total() - self.answers[200]

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()


@contextmanager
def load_on(server: Server) -> Iterator[Load]:
    load = Load(f"{server.url}{ITEMS}")
    try:
        yield load
    finally:
        load.end()


@contextmanager
def serving(folder: Path, url: str, **variables: str) -> Iterator[Server]:
    server = Server(
        folder, url, THROTTLES_ENABLED="false", WEB_CONCURRENCY=str(WORKERS), **variables
    )
    migrated = server.manage("migrate", "--verbosity=0")
    assert migrated.returncode == 0, migrated.stderr
    try:
        server.start()
        yield server
        assert server.stop() == 0
    finally:
        if server.process is not None:
            server.kill()
    for password in (FIRST, SECOND, THIRD):
        assert password not in server.logged()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + RECOVERED_WITHIN
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def credentials(password: str) -> dict[str, str]:
    return {"username": ROLE, "password": password}


def test_postgresql(tmp_path: Path, moto: SecretsManager, postgresql: PostgreSQL) -> None:
    postgresql.change_password(FIRST)
    name = moto.make(credentials(FIRST))
    url = f"postgresql:///{ROLE}?host={postgresql.folder}"
    variables = moto.variables | {"ECOM_DATABASE_SECRET_ID": name}
    with serving(tmp_path, url, **variables) as server, load_on(server) as load:
        load.add_clients(1)
        load.wait_for(20)

        postgresql.change_password(SECOND)
        moto.change(name, credentials(SECOND))
        # More clients than there are connections, so that further ones are opened.
        load.add_clients(CLIENTS - 1)
        load.wait_for(200)
        wait_until(lambda: LEARNT in server.logged())
        assert load.failed == 0
        postgresql.end_connections()
        wait_until(lambda: server.logged().count(LEARNT) == WORKERS)
        load.wait_for_recovery(200)
        time.sleep(FIRST_PAUSE)  # no rotation follows another one within a second

        # Halfway through a rotation: the database has the password, in the secret it is pending.
        moto.change(name, credentials(THIRD), stage="AWSPENDING")
        postgresql.change_password(THIRD)
        failed = load.failed
        assert postgresql.end_connections() > 1
        load.wait_for_recovery(200)
        assert load.failed - failed <= CLIENTS  # those in flight
        wait_until(lambda: server.logged().count(LEARNT) == 2 * WORKERS)


def test_documentdb(tmp_path: Path, moto: SecretsManager) -> None:
    data, shop = tmp_path / "data", tmp_path / "shop"
    data.mkdir()
    shop.mkdir()
    with start_stand_in(data, user=ROLE, password=FIRST) as database:
        name = moto.make(credentials(FIRST) | {"engine": "mongo"})
        url = f"mongodb://127.0.0.1:{database.ports[0]}/catalog?replicaSet=rs0"
        variables = moto.variables | {
            "ECOM_DATABASE_SECRET_ID": name,
            "DJANGO_SETTINGS_MODULE": "ecom.settings.catalog",
        }
        with serving(shop, url, **variables) as server, load_on(server) as load:
            load.add_clients(1)
            load.wait_for(20)
            with pymongo.MongoClient[dict[str, Any]](database.url()) as admin:
                admin.admin.command("updateUser", ROLE, pwd=SECOND)
                moto.change(name, credentials(SECOND) | {"engine": "mongo"})
                load.add_clients(CLIENTS - 1)
                load.wait_for(200)
                wait_until(lambda: LEARNT in server.logged())
                assert load.failed <= CLIENTS  # those in flight
                admin.admin.command(
                    "configureFailPoint",
                    "failCommand",
                    mode={"times": 20},
                    data={"failCommands": ["find", "aggregate"], "closeConnection": True},
                )
            load.wait_for_recovery(200)


def test_password_that_stays_wrong(postgresql: PostgreSQL) -> None:
    postgresql.change_password(FIRST)
    asked: list[object] = []

    def wrong(refused: object) -> tuple[str, str]:
        asked.append(refused)
        return ROLE, "wrong"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connection_class(psycopg.Connection, wrong).connect(postgresql.url, dbname=ROLE)
    assert asked == [None, (ROLE, "wrong")]


def test_server_that_is_away(tmp_path: Path) -> None:
    """Is no reason to read the secret."""
    asked: list[object] = []

    def known(refused: object) -> tuple[str, str]:
        asked.append(refused)
        return ROLE, FIRST

    with pytest.raises(psycopg.OperationalError):
        connection_class(psycopg.Connection, known).connect(f"postgresql:///shop?host={tmp_path}")
    assert asked == [None]


def test_one_of_several_addresses(postgresql: PostgreSQL, tmp_path: Path) -> None:
    """As of a host with an IPv6 address that cannot be reached: the last error is another."""
    postgresql.change_password(SECOND)
    hosts = f"{postgresql.folder},{tmp_path}"

    def known(refused: object) -> tuple[str, str]:
        return ROLE, SECOND if refused else FIRST

    changing = connection_class(psycopg.Connection, known)
    with changing.connect(host=hosts, dbname=ROLE) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (ROLE,)
