"""Host, port and name of the database, from DATABASE_URL and the secret."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from ecom.databases import DOCUMENTDB, database_of
from ecom.postgresql import RDS_CERTIFICATES
from ecom.secrets.credentials import RotatingCredentials
from ecom.secrets.location import located, signs_in
from ecom.secrets.secret import Secret
from ecom.secrets.source import SecretError, Source

PASSWORD = "p@ss:/?#[]%40 \"'\\$ü"
MANAGED = {"username": "shop", "password": PASSWORD}
RDS_HOST = "shop.c0ffee.eu-central-1.rds.amazonaws.com"
RDS = MANAGED | {"engine": "postgres", "host": RDS_HOST, "port": 5432, "dbname": "shop"}
DOCUMENTDB_HOST = "shop.cluster-c0ffee.eu-central-1.docdb.amazonaws.com"
MONGO = MANAGED | {"engine": "mongo", "host": DOCUMENTDB_HOST, "port": 27017, "ssl": True}


def secret_of(values: dict[str, Any]) -> Secret:
    source = Source("ECOM_DATABASE_SECRET_ID", "shop/database", "eu-central-1")
    return Secret(source, "arn", None, "", values)


@pytest.mark.parametrize(
    ("url", "values", "expected"),
    [
        (
            "postgresql://host:5433/name?sslmode=verify-full",
            MANAGED,
            "postgresql://host:5433/name?sslmode=verify-full",
        ),
        ("postgresql://host:5433/name", RDS, "postgresql://host:5433/name"),
        ("", RDS, f"postgresql://{RDS_HOST}:5432/shop"),
        ("postgresql:///other", RDS, f"postgresql://{RDS_HOST}:5432/other"),
        ("postgresql://host/", RDS, "postgresql://host:5432/shop"),
        ("postgresql:///name?host=/run/pg", MANAGED, "postgresql:///name?host=/run/pg"),
        (
            "mongodb://a:1,b:2/name?tls=true&replicaSet=rs0",
            MONGO,
            "mongodb://a:1,b:2/name?tls=true&replicaSet=rs0",
        ),
        (
            "mongodb:///name",
            MONGO,
            f"mongodb://{DOCUMENTDB_HOST}:27017/name?tls=true&replicaSet=rs0",
        ),
        (
            "",
            MONGO | {"dbname": "shop", "ssl": "false"},
            f"mongodb://{DOCUMENTDB_HOST}:27017/shop?tls=false&replicaSet=rs0",
        ),
    ],
)
def test_located(url: str, values: dict[str, Any], expected: str) -> None:
    assert located(url, secret_of(values)) == expected


@pytest.mark.parametrize(
    ("url", "values", "part"),
    [
        ("", MANAGED, "does not say which database it is for"),
        ("postgresql:///name", MANAGED, "has host"),
        ("", MONGO, "has dbname"),
        ("postgresql://host", MANAGED, "has dbname"),
        ("mongodb://host/name", RDS, "it is that of a postgresql database"),
        ("", RDS | {"engine": "mysql"}, "another kind of database"),
    ],
)
def test_cannot_be_located(url: str, values: dict[str, Any], part: str) -> None:
    with pytest.raises(SecretError, match=part) as raised:
        located(url, secret_of(values))
    assert PASSWORD not in str(raised.value)


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"SECRET_KEY": "hunter2"}, r"no username and no password \(its keys: SECRET_KEY\)"),
        ({"username": "shop", "password": ""}, r"no password \(its keys: password, username\)"),
        ({"username": "shop", "password": 1234}, "not both text"),
    ],
)
def test_no_credentials(values: dict[str, Any], part: str) -> None:
    with pytest.raises(SecretError, match=part) as raised:
        secret_of(values).credentials()
    assert "hunter2" not in str(raised.value)
    assert "1234" not in str(raised.value)


def test_nothing_shows_a_value() -> None:
    secret = secret_of(RDS)
    shown = f"{secret!r} {secret} {RotatingCredentials(secret)!r} {secret.keys}"
    assert PASSWORD not in shown
    assert RDS_HOST not in shown


def test_who_signs_in() -> None:
    assert signs_in("postgresql://shop:secret@host/name")
    assert signs_in("postgresql://shop:se[cr]et@host/name")
    assert not signs_in("postgresql://host:5432/name")
    with pytest.raises(ImproperlyConfigured, match="a user without a password"):
        signs_in("postgresql://shop@host/name")


def test_postgresql() -> None:
    secret = secret_of(RDS)
    config = database_of(
        located("", secret), 7, gate=False, credentials=RotatingCredentials(secret)
    )
    assert (config["HOST"], config["PORT"], config["NAME"]) == (RDS_HOST, 5432, "shop")
    assert (config["USER"], config["PASSWORD"]) == ("", "")
    assert config["OPTIONS"]["sslmode"] == "verify-full"
    assert config["OPTIONS"]["sslrootcert"] == str(RDS_CERTIFICATES)
    assert PASSWORD not in str(config)


def test_documentdb() -> None:
    secret = secret_of(MONGO)
    credentials = RotatingCredentials(secret)
    config = database_of(located("mongodb:///shop", secret), 7, gate=False, credentials=credentials)
    assert (config["ENGINE"], config["NAME"]) == (DOCUMENTDB, "shop")
    assert config["OPTIONS"]["credentials"] is credentials
    assert config["OPTIONS"]["tlsCAFile"] == str(RDS_CERTIFICATES)
    assert PASSWORD not in str(config)


def test_sqlite_has_no_user() -> None:
    credentials = RotatingCredentials(secret_of(RDS))
    with pytest.raises(ImproperlyConfigured, match="remove one of the two"):
        database_of("sqlite:////shop.sqlite3", 7, gate=False, credentials=credentials)
