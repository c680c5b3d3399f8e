from rest_framework.test import APIClient

from accounts.models import User

URL = "/accounts/me/"


def test_shows_the_account(as_owner: APIClient, owner: User, other: User) -> None:
    response = as_owner.get(URL)
    assert response.status_code == 200
    body = response.json()
    joined = body.pop("date_joined")
    assert joined == owner.date_joined.isoformat().replace("+00:00", "Z")
    assert body == {
        "id": str(owner.id),
        "email": "owner@example.com",
        "handle": "owner",
        "is_staff": False,
    }
    assert "no-store" in response["Cache-Control"]


def test_no_token(client: APIClient, owner: User) -> None:
    assert client.get(URL).status_code == 401
