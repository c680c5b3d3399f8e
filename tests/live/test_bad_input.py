"""Whatever is sent, the answer is a 4xx in the one error shape that says what is wrong."""

import json
import socket

import pytest
import requests

from tests.live.person import Person
from tests.live.services import Shop

ITEMS = "/catalog/items/"


def refusal(response: requests.Response, status: int) -> str:
    """The sentence of the refusal."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["code"]
    assert problem["request_id"] == response.headers["X-Request-ID"]
    return str(problem["detail"])


def send(person: Person, body: bytes, content_type: str = "application/json") -> requests.Response:
    return person.call("POST", ITEMS, data=body, headers={"Content-Type": content_type})


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "required"),
        (b"{", "not JSON"),
        (b'{"name": "x" "price": 1}', "not JSON"),
        (b'{"name": "x", "price": NaN}', "NaN is not JSON"),
        (b'{"name": "x", "price": Infinity}', "Infinity is not JSON"),
        (b'{"name": "x", "price": -Infinity}', "-Infinity is not JSON"),
        (b'{"name": "\xff", "price": "1"}', "not utf-8"),
        (b'{"name": "x\\u0000y", "price": "1"}', "NUL"),
        (b'{"name": "x\x00y", "price": "1"}', "not JSON"),
        (b'{"name": "\\ud800", "price": "1"}', "surrogate"),
        (b"[" * 100_000, "nest"),
        (b"[" * 100_000 + b"]" * 100_000, "nest"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "nest"),
        (b'{"name": "x", "price": 1' + b"0" * 50 + b"}", "price"),
        (b'{"name": "x", "price": 1' + b"0" * 5000 + b"}", "digits"),
        (b'{"name": "x", "price": 1e400}', "price"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_not_json(server: Shop, owner: Person, body: bytes, says: str) -> None:
    assert says in refusal(send(owner, body), 400)
    assert server.select("catalog_item", "id", owner=owner.handle) == []


@pytest.mark.parametrize("body", [[], "text", 1, None, True, [{"name": "x", "price": "1"}]])
def test_not_an_object(owner: Person, body: object) -> None:
    assert refusal(send(owner, json.dumps(body).encode()), 400)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "0"),
        ("price", "0.00"),
        ("price", "-1"),
        ("price", "0.00000000001"),
        ("price", "1.234"),
        ("price", "99999999999999999999"),
        ("price", "NaN"),
        ("price", "Infinity"),
        ("price", "1e400"),
        ("price", "١٢.x"),
        ("price", "free"),
        ("price", ""),
        ("price", None),
        ("price", True),
        ("price", []),
        ("price", {}),
        ("name", ""),
        ("name", "   "),
        ("name", None),
        ("name", "n" * 201),
        ("name", {}),
        ("description", "d" * 4001),
        ("sku", "s" * 65),
        ("stock", -1),
        ("stock", 10**30),
        ("stock", 1.5),
        ("stock", "many"),
        ("stock", None),
    ],
)
def test_invalid_field(server: Shop, owner: Person, field: str, value: object) -> None:
    body = {"name": "Teapot", "price": "2.55", field: value}

    response = owner.post(ITEMS, body)

    detail = refusal(response, 400)
    assert field in detail
    assert {error["field"] for error in response.json()["errors"]} == {field}
    assert server.select("catalog_item", "id", owner=owner.handle) == []


def test_huge_body(owner: Person) -> None:
    body = json.dumps({"name": "x" * 1024 * 1024, "price": "1"}).encode()
    assert "1048576" in refusal(send(owner, body), 413)


def test_chunked_body(server: Shop, owner: Person) -> None:
    """Its length is unknown beforehand: what is read of it stays bounded."""
    chunks = (b"x" * 65536 for _ in range(64))
    response = owner.call("POST", ITEMS, data=chunks, headers={"Content-Type": "application/json"})
    assert 400 <= response.status_code < 500


def test_wrong_content_type(owner: Person) -> None:
    assert "text/csv" in refusal(send(owner, b"name,price", "text/csv"), 415)


@pytest.mark.parametrize("accept", ["text/csv", "image/png"])
def test_wrong_accept(owner: Person, accept: str) -> None:
    assert refusal(owner.get(ITEMS, Accept=accept), 406)


@pytest.mark.parametrize(
    "item",
    [
        "1",
        "x" * 24,
        "5" * 23,
        "5" * 25,
        "5F5F5F5F5F5F5F5F5F5F5F5F",
        "..%2f..%2fetc",
        "%00" * 24,
        "%ff" * 24,
        "' OR 1=1 --",
        "é" * 24,
    ],
)
def test_wrong_id(owner: Person, item: str) -> None:
    assert refusal(owner.get(f"{ITEMS}{item}/"), 404)
    assert owner.get(f"/item/{item}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=101",
        "limit=many",
        "cursor=x",
        "cursor=%00",
        "cursor=" + "A" * 3000,
        "order=cheap",
        "price_min=x",
        "price_min=NaN",
        "price_min=1e400",
        "price_max=-Infinity",
        "search=%00",
        "owner=%00",
    ],
)
def test_wrong_query(owner: Person, query: str) -> None:
    refused = owner.get(f"{ITEMS}?{query}")
    assert query.split("=", maxsplit=1)[0] in refusal(refused, 400)


@pytest.mark.parametrize("quantity", [0, -1, 1.5, 10**30, "many", None, [], True])
def test_wrong_quantity(server: Shop, owner: Person, buyer: Person, quantity: object) -> None:
    item = owner.offer(stock=5)

    response = buyer.post(f"{ITEMS}{item}/purchases/", {"quantity": quantity})

    assert "quantity" in refusal(response, 400)
    assert server.select("catalog_entry", "id", item_id=item) == []


@pytest.mark.parametrize("key", ["", "k" * 256, "white space", "clé"])
def test_wrong_idempotency_key(owner: Person, buyer: Person, key: str) -> None:
    response = buyer.post(f"{ITEMS}{owner.offer()}/purchases/", {}, **{"Idempotency-Key": key})
    assert "Idempotency-Key" in refusal(response, 400)


def answer_to(server: Shop, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /items HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n",
        b"GET /items HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"GET /items\x00 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /items HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /items HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
        b"GET /items HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: " + b"x" * 20_000 + b"\r\n\r\n",
        b"GET /items?" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"POST /item HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
    ids=range(9),
)
def test_malformed_http(server: Shop, request_: bytes) -> None:
    assert answer_to(server, request_).startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))


def test_client_that_goes_away(server: Shop, owner: Person) -> None:
    """It used to end the whole process."""
    head = b"POST /catalog/items/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500\r\n\r\n{"
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(head)
    assert owner.offer()
