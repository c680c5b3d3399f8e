"""The task definitions of deploy/ecs/templates/tasks.yaml, each run as ECS would run it: the same
command, variables and secrets, and real databases."""

import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pymongo
import pytest
from pymongo.errors import OperationFailure

from ecom.keys import KeySet
from tests.deploy.templates.deployed import SHAPES, Deployed
from tests.documentdb_server.certificates import self_signed
from tests.documentdb_server.process import start
from tests.ecom.secrets.aws import SecretsManager
from tests.environment import start_postgresql

ROOT = Path(__file__).resolve().parents[3]
PASSWORD = "p@ss:/?#[] 'w\"ord%40"


class Tasks:
    def __init__(self, moto: SecretsManager, service: str, **given: str) -> None:
        self.moto = moto
        self.keys = KeySet.generate()
        own = {"SECRET_KEY": "for tests only" * 5, "SIGNING_KEYS": json.loads(self.keys.to_json())}
        self.secret = moto.arn(moto.make(own))
        given |= {"ServiceSecretArn": self.secret, "SettingsModule": f"ecom.settings.{service}"}
        self.deployed = Deployed(SHAPES[0], given)

    def run(self, definition: str) -> str:
        container = self.deployed.container(definition)
        variables = self.deployed.environment(definition)
        for each in container.get("Secrets", []):
            variables[each["Name"]] = self.injected(each["ValueFrom"])
        done = subprocess.run(
            [sys.executable, "-m", "ecom.entrypoint", *container["Command"]],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **self.moto.variables, **variables},
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert PASSWORD not in done.stdout + done.stderr
        return done.stdout

    def injected(self, reference: str) -> str:
        arn, key = reference.removesuffix("::").rsplit(":", 1)
        return str(self.stored(arn)[key])

    def stored(self, arn: str) -> dict[str, Any]:
        text = self.moto.client.get_secret_value(SecretId=arn)["SecretString"]
        return dict(json.loads(text))


def credentials(moto: SecretsManager, user: str, password: str = PASSWORD) -> str:
    return moto.arn(moto.make({"username": user, "password": password}))


class ToSocket(socketserver.BaseRequestHandler):
    """A PostgreSQL of tests has a socket of Unix only, and the template wants a host."""

    server: "Relay"

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as there:
            there.connect(f"{self.server.folder}/.s.PGSQL.5432")
            back = threading.Thread(target=copy, args=[there, self.request])
            back.start()
            copy(self.request, there)
            back.join()


def copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other side has parted


class Relay(socketserver.ThreadingTCPServer):
    def __init__(self, folder: str) -> None:
        super().__init__(("127.0.0.1", 0), ToSocket)
        self.folder = folder


@contextmanager
def relaying(folder: str) -> Iterator[str]:
    """To the server in the folder; its host and port."""
    with Relay(folder) as relay:
        thread = threading.Thread(target=relay.serve_forever, args=[0.02])
        thread.start()
        try:
            yield f"127.0.0.1:{relay.server_address[1]}"
        finally:
            relay.shutdown()
            thread.join()


@pytest.fixture
def postgresql() -> Iterator[tuple[str, str]]:
    """The folder of its socket, and host and port."""
    folder = parse_qs(urlsplit(start_postgresql()).query)["host"][0]
    with relaying(folder) as place:
        yield folder, place


def test_postgresql(moto: SecretsManager, postgresql: tuple[str, str]) -> None:
    folder, place = postgresql
    tasks = Tasks(
        moto,
        "accounts",
        DatabaseUrl=f"postgresql://{place}/accounts",
        MasterSecretArn=credentials(moto, "postgres", "unused"),
        MigrationDatabaseSecretArn=credentials(moto, "accounts_owner", f"{PASSWORD} of the owner"),
        DatabaseSecretArn=credentials(moto, "accounts_user"),
    )
    said = "Database accounts: accounts_owner for migrate, accounts_user for the service.\n"
    assert tasks.run("BootstrapTaskDefinition") == said
    assert "OK" in tasks.run("MigrationTaskDefinition")
    assert tasks.run("BootstrapTaskDefinition") == said  # again
    with psycopg.connect(host=folder, user="accounts_user", dbname="accounts") as user:
        assert user.execute("SELECT count(*) FROM accounts_user").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            user.execute("CREATE TABLE mine (id int)")

    tasks.run("KeysTaskDefinition")
    rotated = KeySet.from_json(json.dumps(tasks.stored(tasks.secret)["SIGNING_KEYS"]))
    assert rotated.active.key_id == tasks.keys.keys[1]["kid"]


def test_documentdb(moto: SecretsManager, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    with start(user="administrator", password=PASSWORD, certificate=certificate) as server:
        place = f"127.0.0.1:{server.ports[0]}"
        options = f"tls=true&tlsCAFile={certificate}&replicaSet=rs0"
        user = credentials(moto, "catalog_user", f"{PASSWORD} of the user")
        tasks = Tasks(
            moto,
            "catalog",
            DatabaseEngine="documentdb",
            DatabaseUrl=f"mongodb://{place}/catalog?{options}",
            MasterSecretArn=credentials(moto, "administrator"),
            MigrationDatabaseSecretArn=user,
            DatabaseSecretArn=user,
        )
        for _ in range(2):
            assert tasks.run("BootstrapTaskDefinition") == (
                "Database catalog: catalog_user for migrate and the service.\n"
            )
        assert "OK" in tasks.run("MigrationTaskDefinition")
        with pymongo.MongoClient[dict[str, Any]](
            f"mongodb://{place}/?{options}",
            username="catalog_user",
            password=f"{PASSWORD} of the user",
            authMechanism="SCRAM-SHA-1",
        ) as client:
            assert client.catalog.catalog_item.count_documents({}) == 0
            with pytest.raises(OperationFailure):
                client.other.a.find_one()
        tasks.run("KeysTaskDefinition")
    rotated = KeySet.from_json(json.dumps(tasks.stored(tasks.secret)["SIGNING_KEYS"]))
    assert rotated.active.key_id == tasks.keys.keys[1]["kid"]
