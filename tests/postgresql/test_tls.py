"""On AWS a server has to prove that it is the one asked for, or no password is sent."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured

from ecom.databases import database_of
from ecom.postgresql import RDS_CERTIFICATES
from tests.live.databases import new_database
from tests.live.server import Server
from tests.postgresql.connecting import connected, row
from tests.postgresql.debian import Debian, running

AWS = "shop.c0ffee.eu-central-1.rds.amazonaws.com"
OTHER = "other.c0ffee.eu-central-1.rds.amazonaws.com"


@pytest.fixture(scope="module")
def debian() -> Iterator[Debian]:
    with running(AWS) as server:
        yield server


def refusal(url: str) -> str:
    with connected(url) as connection, pytest.raises(psycopg.OperationalError) as raised:
        connection.Database.connect(**connection.get_connection_params())
    return str(raised.value)


def test_verified(debian: Debian) -> None:
    with connected(debian.url(AWS, sslrootcert=str(debian.authority.path))) as connection:
        query = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert row(connection, query) == (True, "TLSv1.3")


def test_somebody_else_signed_its_certificate(debian: Debian) -> None:
    """Amazon did not sign the test's server, and Amazon's are the only ones believed."""
    assert "certificate verify failed" in refusal(debian.url(AWS))


def test_the_certificate_is_another_hosts(debian: Debian) -> None:
    url = debian.url(OTHER, sslrootcert=str(debian.authority.path))
    assert f'does not match host name "{OTHER}"' in refusal(url)


def test_a_server_without_tls() -> None:
    """It answers N to the question for TLS. Nothing but that question may have reached it."""
    received: list[bytes] = []

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            received.append(client.recv(1024))
            client.sendall(b"N")
            received.append(client.recv(1024))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        message = refusal(f"postgresql://shop:hunter2@{AWS}:{port}/shop?hostaddr=127.0.0.1")
        thread.join(10)
    assert "server does not support SSL, but SSL was required" in message
    assert received == [bytes.fromhex("0000000804d2162f"), b""]


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_less_than_verified(mode: str) -> None:
    url = f"postgresql://shop:hunter2@{AWS}/shop?sslmode={mode}"
    with pytest.raises(ImproperlyConfigured, match=f"sslmode={mode}") as raised:
        database_of(url, 2, gate=False)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "place",
    [
        AWS,
        AWS.upper(),
        f"{AWS}.",
        f"db.example.com,{AWS}",
        f"{AWS}:5432,db.example.com:5433",
        f"/shop?host={AWS}",
        f"/shop?host=db.example.com,{AWS}",
    ],
)
def test_hosts_of_aws(place: str) -> None:
    url = f"postgresql://shop:hunter2@{place}" + ("" if "/" in place else "/shop")
    options = database_of(url, 2, gate=False)["OPTIONS"]
    with pytest.raises(ImproperlyConfigured, match=f"in the place of {AWS}"):
        database_of(f"{url}{'&' if '?' in url else '?'}sslmode=disable", 2, gate=False)
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", str(RDS_CERTIFICATES))


@pytest.mark.parametrize("host", ["127.0.0.1", "rds.amazonaws.com.example.com", "/run/postgresql"])
def test_other_hosts_decide_themselves(host: str) -> None:
    assert "sslmode" not in database_of(f"postgresql://shop@{host}/shop", 2, gate=False)["OPTIONS"]


def test_the_shop_over_tls(debian: Debian, tmp_path: Path) -> None:
    url = debian.url(AWS, sslmode="verify-full", sslrootcert=str(debian.authority.path))
    server = Server(tmp_path, new_database(tmp_path, url), WEB_CONCURRENCY="1")
    migrated = server.manage("migrate", "--verbosity=0")
    assert migrated.returncode == 0, migrated.stderr
    server.start()
    try:
        with psycopg.connect(server.database_url) as connection:
            query = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
            query += " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            found = connection.execute(query.encode()).fetchall()
        assert found and set(found) == {(True,)}
        assert server.stop() == 0, server.logged()
    finally:
        server.kill()
