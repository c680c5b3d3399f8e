"""What the first little-ecom's clients do, call by call, unchanged."""

import uuid
from collections.abc import Iterator

import pytest
import requests

from tests.live.services import Shop

PASSWORD = "securepassword"


class OriginalClient:
    """Sends the token on every item call, "Bearer None" before the first sign-in."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token: str | None = None

    def auth(self, method: str, path: str, **body: str) -> requests.Response:
        return requests.request(method, f"{self.url}/auth/{path}", json=body, timeout=20)

    def item(self, method: str, path: str, body: object = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return requests.request(method, self.url + path, json=body, headers=headers, timeout=20)

    def sign_in(self, email: str) -> None:
        response = self.auth("POST", "signin", email=email, password=PASSWORD)
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/plain")
        self.token = response.text
        assert self.token.count(".") == 2
        assert self.token == self.token.strip('" \n')


@pytest.fixture
def emails() -> Iterator[list[str]]:
    tag = uuid.uuid4().hex[:8]
    yield [f"{name}-{tag}@gmail.com" for name in ("megy", "john", "anna", "paul", "rita")]


def test_integration_script(server: Shop, emails: list[str]) -> None:
    client = OriginalClient(server.url)
    seller, buyer = emails[:2]
    assert client.item("GET", "/items").status_code == 200

    for email in emails:
        response = client.auth("POST", "register", email=email, password=PASSWORD)
        assert (response.status_code, response.text) == (201, "")
    again = client.auth("POST", "register", email=seller, password=PASSWORD)
    assert again.status_code == 400
    assert client.auth("POST", "signin", email=seller, password="wrong").status_code == 401

    client.sign_in(seller)
    assert client.token is not None
    valid = client.auth("POST", "validate", token=client.token)
    assert valid.status_code == 200
    assert valid.json().keys() == {"email", "exp"}
    assert valid.json()["email"] == seller
    assert client.auth("POST", "validate", token="nonsense").status_code == 401

    created = client.item("POST", "/item", {"name": "lamp", "price": 10.5, "owner": "somebody"})
    assert created.status_code == 201
    item = created.text
    assert len(item) == 24
    shown = client.item("GET", f"/item/{item}")
    handle = seller.split("@")[0]
    assert shown.json() == {"id": item, "owner": handle, "name": "lamp", "price": 10.5}
    assert client.item("GET", "/items").json()[0] == shown.json()
    assert client.item("GET", f"/items/{handle}").json() == [shown.json()]

    changed = shown.json() | {"price": 12}
    assert client.item("PUT", f"/item/{item}", changed).status_code == 200
    assert client.item("GET", f"/item/{item}").json() == changed
    assert client.item("POST", f"/buy/{item}").status_code == 400

    client.sign_in(buyer)
    assert client.item("PUT", f"/item/{item}", changed).status_code in {403, 404}
    assert client.item("DELETE", f"/item/{item}").status_code in {403, 404}
    assert client.item("POST", f"/buy/{item}").status_code == 200
    assert client.item("POST", f"/buy/{item}").status_code == 404
    assert client.item("GET", f"/item/{item}").status_code == 404
    assert client.item("GET", f"/items/{handle}").json() == []

    client.sign_in(seller)
    second = client.item("POST", "/item", {"name": "chair", "price": 1}).text
    assert client.item("DELETE", f"/item/{second}").status_code == 200
    assert client.item("DELETE", f"/item/{second}").status_code == 404
    assert client.item("GET", "/item/ABCDEF").status_code in {400, 404}

    for email in emails:
        wrong = client.auth("DELETE", "delete", email=email, password="wrong password")
        assert wrong.status_code == 401
        deleted = client.auth("DELETE", "delete", email=email, password=PASSWORD)
        assert (deleted.status_code, deleted.text) == (204, "")
    assert client.auth("POST", "signin", email=seller, password=PASSWORD).status_code == 401


def test_register_delete_register(server: Shop, emails: list[str]) -> None:
    client = OriginalClient(server.url)
    email = emails[0]
    handle = email.split("@")[0]

    for _ in range(2):
        assert client.auth("POST", "register", email=email, password=PASSWORD).status_code == 201
        client.sign_in(email)
        item = client.item("POST", "/item", {"name": "lamp", "price": 10.5}).text
        assert [shown["id"] for shown in client.item("GET", f"/items/{handle}").json()] == [item]
        token = client.token
        deleted = client.auth("DELETE", "delete", email=email, password=PASSWORD)
        assert deleted.status_code == 204
        assert client.auth("POST", "validate", token=str(token)).status_code == 401
        assert client.item("POST", "/item", {"name": "x", "price": 1}).status_code == 401
        assert client.item("GET", f"/items/{handle}").json() == []


@pytest.mark.parametrize("header", [None, "Bearer None", "Bearer x.y.z", "Basic eDp5"])
def test_public_reads_with_any_token(server: Shop, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    response = requests.get(f"{server.url}/items", headers=headers, timeout=20)
    assert response.status_code == 200
    assert isinstance(response.json(), list)


@pytest.mark.parametrize(("method", "path"), [("POST", "/item"), ("POST", "/buy/" + "a" * 24)])
def test_writes_without_a_token(server: Shop, method: str, path: str) -> None:
    client = OriginalClient(server.url)
    assert client.item(method, path, {"name": "x", "price": 1}).status_code == 401


def test_health(server: Shop) -> None:
    assert requests.get(f"{server.url}/health", timeout=20).status_code == 200
