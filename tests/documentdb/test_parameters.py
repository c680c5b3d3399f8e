from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pymongo import ReadPreference

from ecom.documentdb.parameters import client_parameters, hosts

URI = "mongodb://shop:secret@db.example:27017/catalog"


def test_defaults() -> None:
    assert client_parameters({"host": "db.example"}) == {
        "host": "db.example",
        "retryWrites": False,
        "serverSelectionTimeoutMS": 1500,
        "connectTimeoutMS": 1500,
        "waitQueueTimeoutMS": 1500,
        "socketTimeoutMS": 10_000,
        "serverMonitoringMode": "poll",
    }


@pytest.mark.parametrize(
    "given",
    [
        {"host": "db.example", "socketTimeoutMS": 5},
        {"host": "db.example", "sockettimeoutms": 5},
        {"host": f"{URI}?sockettimeoutms=5"},
    ],
)
def test_default_does_not_override(given: dict[str, Any]) -> None:
    parameters = client_parameters(given)
    assert parameters.get("socketTimeoutMS", 5) == 5


@pytest.mark.parametrize(
    "given",
    [{"host": URI}, {"username": "shop"}, {"credentials": lambda refused: ("shop", "secret")}],
)
def test_sign_in(given: dict[str, Any]) -> None:
    parameters = client_parameters(given)
    assert parameters["authMechanism"] == "SCRAM-SHA-1"
    assert parameters["authSource"] == "admin"


def test_sign_in_by_iam() -> None:
    parameters = client_parameters({"username": "key", "authMechanism": "MONGODB-AWS"})
    assert parameters["authMechanism"] == "MONGODB-AWS"
    assert "authSource" not in parameters


def test_stated_source_of_users() -> None:
    assert "authSource" not in client_parameters({"host": f"{URI}?authSource=shops"})


def test_own_options_stay_here() -> None:
    parameters = client_parameters({"gate": True, "credentials": lambda refused: ("a", "b")})
    assert parameters.keys().isdisjoint({"gate", "credentials"})


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"retryWrites": True}, "retryWrites"),
        ({"retrywrites": True}, "retryWrites"),
        ({"host": f"{URI}?retryWrites=true"}, "retryWrites"),
        ({"host": URI, "authMechanism": "SCRAM-SHA-256"}, "SCRAM-SHA-1"),
        ({"host": f"{URI}?authMechanism=SCRAM-SHA-256"}, "SCRAM-SHA-1"),
        ({"host": f"{URI}?readPreference=secondaryPreferred"}, "readPreference"),
        ({"readPreference": "secondary"}, "readPreference"),
        ({"host": "mongodb+srv://db.example/catalog"}, "SRV"),
        ({"read_preference": ReadPreference.NEAREST}, "readPreference"),
    ],
)
def test_refused(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        client_parameters(given)


def test_stated_as_it_has_to_be() -> None:
    client_parameters({"host": f"{URI}?retryWrites=false&readPreference=primary"})
    client_parameters({"read_preference": ReadPreference.PRIMARY})


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (None, ["localhost"]),
        ("db.example", ["db.example"]),
        ("db.example:27018", ["db.example"]),
        ("mongodb://a:1,b:2/x", ["a", "b"]),
        ("[::1]:27017", ["::1"]),
    ],
)
def test_hosts(host: str | None, expected: list[str]) -> None:
    assert hosts({"host": host}) == expected
