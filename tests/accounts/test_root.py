from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from rest_framework.test import APIClient


def test_every_link_leads_somewhere(client: APIClient) -> None:
    response = client.get("/accounts/")
    assert response.status_code == 200
    links = response.json()
    assert links["sign-in"] == "http://testserver/accounts/sign-in/"
    for url in links.values():
        assert resolve(urlsplit(url).path)


@pytest.mark.django_db
def test_in_a_browser(client: APIClient) -> None:
    response = client.get("/accounts/", HTTP_ACCEPT="text/html")
    page = response.content.decode()
    assert 'href="/accounts/login/?next=%2Faccounts%2F"' in page
    assert "django-rest-framework.org" not in page
