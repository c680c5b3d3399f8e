"""/catalog/schema/ and /catalog/docs/."""

from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient


@pytest.fixture
def paths(anonymous: APIClient) -> dict[str, Any]:
    response = anonymous.get("/catalog/schema/?format=json", headers={"Authorization": "Bearer x"})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()["paths"]
    return found


def test_valid(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", urlconf="catalog.urls", validate=True, fail_on_warn=True)


def test_paths(paths: dict[str, Any]) -> None:
    assert set(paths) == {
        "/catalog/",
        "/catalog/items/",
        "/catalog/items/{id}/",
        "/catalog/items/{id}/purchases/",
        "/catalog/my/items/",
        "/catalog/my/purchases/",
        "/catalog/my/sales/",
        "/item",
        "/item/{id}",
        "/items",
        "/items/{owner}",
        "/buy/{id}",
    }


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("/catalog/items/", "get", {200, 400, 406, 429}),
        ("/catalog/items/", "post", {201, 400, 401, 403, 406, 409, 413, 415, 422, 429, 503}),
        ("/catalog/items/{id}/", "get", {200, 404, 406}),
        (
            "/catalog/items/{id}/",
            "put",
            {200, 400, 401, 403, 404, 406, 409, 412, 413, 415, 428, 429, 503},
        ),
        ("/catalog/items/{id}/", "delete", {204, 401, 403, 404, 406, 412, 428, 429, 503}),
        (
            "/catalog/items/{id}/purchases/",
            "post",
            {201, 400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 503},
        ),
        ("/catalog/items/{id}/purchases/", "get", {200, 400, 401, 404, 406, 503}),
        ("/catalog/my/items/", "get", {200, 400, 401, 406, 503}),
        ("/item", "post", {201, 400, 401, 403, 413, 415, 422, 429, 503}),
        ("/buy/{id}", "post", {200, 400, 401, 403, 404, 422, 429, 503}),
        ("/items", "get", {200, 400}),
    ],
)
def test_statuses(paths: dict[str, Any], path: str, method: str, statuses: set[int]) -> None:
    documented = {int(status) for status in paths[path][method]["responses"]}
    assert statuses <= documented


def test_parameters(paths: dict[str, Any]) -> None:
    names = {parameter["name"] for parameter in paths["/catalog/items/"]["get"]["parameters"]}
    assert names == {"limit", "cursor", "owner", "price_min", "price_max", "order", "search"}
    headers = {parameter["name"] for parameter in paths["/catalog/items/"]["post"]["parameters"]}
    assert headers == {"Idempotency-Key"}


def test_docs(anonymous: APIClient) -> None:
    response = anonymous.get("/catalog/docs/", headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert b"://cdn." not in response.content
