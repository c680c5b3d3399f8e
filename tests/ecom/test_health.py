from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from ecom.keys import key_store
from ecom.models import ThrottleCount


@pytest.fixture
def broken_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**conditions: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(ThrottleCount.objects, "filter", refuse)


@pytest.fixture
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> None:
        raise ImproperlyConfigured("SIGNING_KEYS is not set")

    monkeypatch.setattr(key_store, "load", load)


@pytest.mark.django_db
def test_ready(client: Client) -> None:
    response = client.get("/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"database": True, "keys": True}}


@pytest.mark.usefixtures("broken_database")
def test_database_down(client: Client) -> None:
    response = client.get("/ready")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": False, "keys": True}
    assert response["Retry-After"] == "5"
    assert "refused" not in response.text
    assert client.get("/health").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("no_keys")
def test_no_keys(client: Client) -> None:
    response = client.get("/ready")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": True, "keys": False}


def test_health_needs_no_database(client: Client) -> None:
    response = client.get("/health")
    assert response.json() == {"status": "ok"}
    assert int(response["Content-Length"]) == len(response.content)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_load_balancer(client: Client, settings: Settings, path: str) -> None:
    """It asks over HTTP, with the target's address as Host."""
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["shop.example.com"]
    assert client.get(path, headers={"host": "10.0.0.10:8080"}).status_code == 200
    assert client.head(path, headers={"host": "10.0.0.10:8080"}).status_code == 200


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_other_methods(client: Client, path: str) -> None:
    response = client.post(path)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_other_paths_check_the_host(client: Client, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["shop.example.com"]
    response = client.get("/", headers={"host": "10.0.0.10:8080"})
    assert response.status_code == 400
