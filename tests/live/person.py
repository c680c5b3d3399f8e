import itertools
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import requests

T = TypeVar("T")
PASSWORD = "violet-teapot-41"
TIMEOUT = 60  # seconds
numbers = itertools.count()


def new_email() -> str:
    return f"p{next(numbers)}-{uuid.uuid4().hex[:8]}@example.com"


class Person:
    """Somebody's HTTP client; each call takes a connection of its own."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.email = self.handle = self.id = self.refresh = ""

    @classmethod
    def signed_up(cls, url: str, email: str | None = None) -> "Person":
        email = email or new_email()
        response = cls(url).post("/accounts/sign-up/", {"email": email, "password": PASSWORD})
        assert response.status_code == 201, response.text
        answer = response.json()
        person = cls(url, answer["access"])
        person.email, person.handle, person.id = email, answer["handle"], answer["id"]
        person.refresh = answer["refresh"]
        return person

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("Bearer ")

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        headers = self.headers | kwargs.pop("headers", {})
        return requests.request(method, self.url + path, headers=headers, timeout=TIMEOUT, **kwargs)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        return self.call("POST", path, json=body, headers=headers)

    def offer(self, stock: int = 1, **fields: Any) -> str:
        """The id of a new item."""
        body = {"name": "Teapot", "price": "2.55", "stock": stock} | fields
        response = self.post("/catalog/items/", body)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def buy(self, item: str, quantity: int = 1, key: str | None = None) -> requests.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return self.post(f"/catalog/items/{item}/purchases/", {"quantity": quantity}, **headers)

    def change(self, method: str, item: str, body: Any = None) -> requests.Response:
        """PATCH or DELETE the item as it stands now."""
        path = f"/catalog/items/{item}/"
        for _ in range(100):
            etag = self.get(path).headers["ETag"]
            response = self.call(method, path, json=body, headers={"If-Match": etag})
            if response.status_code != 412:
                return response
        raise AssertionError("somebody was always faster")


def together(count: int, action: Callable[[int], T]) -> list[T]:
    """The results of `count` calls that begin at the same moment."""
    gate = threading.Barrier(count)

    def enter(number: int) -> T:
        gate.wait(TIMEOUT)
        return action(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(enter, range(count)))
