import pytest
from django.test import Client
from pytest_django import Settings

APP = "https://app.example.com"
PREFLIGHT = {
    "origin": APP,
    "access-control-request-method": "PATCH",
    "access-control-request-headers": "authorization, if-match, idempotency-key",
}


@pytest.mark.django_db
def test_no_origin_is_let_in_unless_it_is_named(client: Client) -> None:
    response = client.get("/accounts/", headers={"origin": APP})
    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response


def test_a_named_origin_may_send_what_the_api_reads(client: Client, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]
    response = client.options("/accounts/", headers=PREFLIGHT)
    assert response["Access-Control-Allow-Origin"] == APP
    assert "PATCH" in response["Access-Control-Allow-Methods"]
    allowed = set(response["Access-Control-Allow-Headers"].split(", "))
    assert {"authorization", "if-match", "idempotency-key"} <= allowed
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.django_db
def test_a_named_origin_may_read_the_headers(client: Client, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]
    response = client.get("/accounts/", headers={"origin": APP})
    exposed = set(response["Access-Control-Expose-Headers"].split(", "))
    assert {"ETag", "Link", "Location", "Retry-After", "X-Request-ID"} <= exposed
