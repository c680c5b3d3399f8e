"""People who use a shop through its load balancer, as the first clients of the API do."""

import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from deploy.ecs.errors import DeploymentError

PASSWORD = "a-rehearsed-password"
Http = Callable[[], requests.Session]


@dataclass
class Customer:
    """Raises DeploymentError where an answer is not as it should be."""

    http: requests.Session
    url: str
    email: str
    token: str = ""

    @classmethod
    def signed_in(cls, http: requests.Session, url: str, name: str) -> "Customer":
        person = cls(http, url, f"{name}-{secrets.token_hex(4)}@example.com")
        credentials = {"email": person.email, "password": PASSWORD}
        person.call("POST", "/auth/register", 201, credentials)
        person.token = person.call("POST", "/auth/signin", 200, credentials).text
        return person

    def call(self, method: str, path: str, wanted: int, body: object = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            answer = self.http.request(
                method, self.url + path, json=body, headers=headers, timeout=30
            )
        except requests.RequestException as error:
            raise wrong(method, path, str(error)) from error
        if answer.status_code != wanted:
            raise wrong(
                method, path, f"{answer.status_code} instead of {wanted}: {answer.text[:300]}"
            )
        return answer

    def offer(self, name: str, price: float) -> str:
        """The item's id."""
        return self.call("POST", "/item", 201, {"name": name, "price": price}).text

    def buy(self, item: str) -> None:
        self.call("POST", f"/buy/{item}", 200)

    def close(self) -> None:
        self.call("DELETE", "/auth/delete", 204, {"email": self.email, "password": PASSWORD})


def wrong(method: str, path: str, what: str) -> DeploymentError:
    return DeploymentError(
        f"The shop is deployed, and {method} {path} got {what}.",
        "Look at the log: python -m deploy.ecs logs",
    )


def trade(http: requests.Session, url: str) -> None:
    """Sign up, sell, buy, close; each service is used by people and by the other one."""
    seller = Customer.signed_in(http, url, "seller")
    buyer = Customer.signed_in(http, url, "buyer")
    sold, kept = seller.offer("Teapot", 4.25), seller.offer("Cosy", 2.5)
    buyer.call("GET", f"/item/{sold}", 200)
    buyer.buy(sold)
    buyer.call("GET", f"/item/{sold}", 404)
    listed = buyer.call("GET", "/items", 200).json()
    if kept not in {each["id"] for each in listed}:
        raise wrong("GET", "/items", "a list without an item that is on sale")
    seller.close()
    # The catalog has heard of it from accounts.
    buyer.call("GET", f"/item/{kept}", 404)
    buyer.close()


@dataclass
class Load:
    """What a crowd got while something else went on."""

    answers: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def ask(self, http: requests.Session, customer: Customer, path: str) -> None:
        headers = {"Authorization": f"Bearer {customer.token}"}
        try:
            answer = http.get(customer.url + path, headers=headers, timeout=30)
        except requests.RequestException as error:
            status = type(error).__name__
            self.failures.append(f"GET {path}: {error}")
        else:
            status = str(answer.status_code)
            if not answer.ok:
                self.failures.append(f"GET {path}: {status} {answer.text[:300]}")
        self.answers[status] += 1


@contextmanager
def under_load(http: Http, url: str, people: int = 4) -> Iterator[Load]:
    """Lists, items and accounts are asked for without a pause."""
    customer, load, over = Customer.signed_in(http(), url, "regular"), Load(), threading.Event()
    item = customer.offer("Saucer", 1.5)
    paths = ["/items", f"/item/{item}", "/accounts/me/", "/catalog/items/"]

    def browse() -> None:
        session = http()
        while not over.is_set():
            for path in paths:
                load.ask(session, customer, path)
                over.wait(0.02)

    crowd = [threading.Thread(target=browse) for _ in range(people)]
    for each in crowd:
        each.start()
    try:
        yield load
    finally:
        over.set()
        for each in crowd:
            each.join()
