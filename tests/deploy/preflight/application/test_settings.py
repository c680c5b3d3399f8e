"""C14 and D02 to D06: what Django's settings say when they are loaded."""

import pytest

from tests.deploy.preflight.application.conftest import Ask, spelled
from tests.deploy.preflight.application.shop import DJANGO, ENVIRONMENT, environment

RDS, DOCUMENTDB = "!GetAtt Database.Endpoint.Address", "!GetAtt Documents.Endpoint"
DATABASES = """\
Resources:
  Database:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, EngineVersion: "16.4"}
  Documents:
    Type: AWS::DocDB::DBCluster
    Properties: {EngineVersion: "5.0.0"}
"""
FILE = "/certificates/global-bundle.pem"
DOCKERFILE = "FROM python:3.13-slim\nADD https://truststore/global-bundle.pem /certificates/\n"
ENGINE = "django_mongodb_backend"
TLS = {"Protocol: HTTP\n      Default": "Protocol: HTTPS\n      Default"}


def told(ask: Ask, changes: dict[str, str] | None = None, **variables: str) -> list[str]:
    files = {"dockerfile": variables.pop("dockerfile", DOCKERFILE)}
    changes = {ENVIRONMENT: environment(**variables), "Resources:\n": DATABASES} | (changes or {})
    return [
        each.removeprefix("error ").replace(" Task ContainerDefinitions.0.Environment", " ")
        for each in spelled(ask(changes, app="shop", shop=DJANGO, **files))
    ]


def test_debug(ask: Ask) -> None:
    assert told(ask, DEBUG="'yes'") == ["warning C14 .1.Value"]


def test_key_of_the_code(ask: Ask) -> None:
    assert told(ask, SECRET_KEY="django-insecure-" + "k" * 40) == ["warning C14 .0.Value"]


def test_origins(ask: Ask) -> None:
    assert told(ask, TLS) == ["warning C14 "]


@pytest.mark.parametrize(
    "variables",
    [
        {"CSRF_TRUSTED_ORIGINS": "https://shop.example.com"},
        {"PROXY": "'yes'"},
        {"CSRF_TRUSTED_ORIGINS": "!Ref Open"},
    ],
)
def test_origins_are_trusted(ask: Ask, variables: dict[str, str]) -> None:
    assert told(ask, TLS, **variables) == []


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("", []),
        ("sslmode=require", []),
        ("sslmode=disable", ["D02 .1.Value"]),
        ("sslmode=verify-full", ["D03 .1.Value"]),
        (f"sslmode=verify-full sslrootcert={FILE}", []),
        ("sslmode=verify-full sslrootcert=/certificates/other.pem", ["D03 .1.Value"]),
    ],
)
def test_postgresql(ask: Ask, options: str, wanted: list[str]) -> None:
    assert told(ask, DATABASE_HOST=RDS, OPTIONS=f"'{options}'") == wanted


def test_postgresql_that_admits_plain_connections(ask: Ask) -> None:
    changes = {"Resources:\n": DATABASES.replace("16.4", "14.9")}
    assert told(ask, changes, DATABASE_HOST=RDS, OPTIONS="sslmode=disable") == []


def test_host_of_another(ask: Ask) -> None:
    assert told(ask, DATABASE_HOST="db.example.com", OPTIONS="sslmode=disable") == []


GOOD = f"tls=true retryWrites=false tlsCAFile={FILE}"


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (GOOD, ["warning D06 .1.Value"]),
        ("retryWrites=false", ["D04 .1.Value", "warning D06 .1.Value"]),
        ("tls=true retryWrites=false", ["D03 .1.Value", "warning D06 .1.Value"]),
        (f"tls=true tlsCAFile={FILE}", ["D05 .1.Value", "warning D06 .1.Value"]),
    ],
)
def test_documentdb(ask: Ask, options: str, wanted: list[str]) -> None:
    assert told(ask, DATABASE_HOST=DOCUMENTDB, OPTIONS=f"'{options}'", ENGINE=ENGINE) == wanted


def test_documentdb_that_retries(ask: Ask) -> None:
    changes = {"Resources:\n": DATABASES.replace("5.0.0", "8.0.2")}
    options = GOOD.replace("retryWrites=false ", "")
    found = told(ask, changes, DATABASE_HOST=DOCUMENTDB, OPTIONS=f"'{options}'", ENGINE=ENGINE)
    assert found == ["warning D06 .1.Value"]
