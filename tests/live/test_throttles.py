from collections import Counter

from tests.live.conftest import StartServer
from tests.live.person import PASSWORD, Person, new_email, together
from tests.live.services import Shop


def sign_in(server: Shop, email: str, password: str, **headers: str) -> int:
    body = {"email": email, "password": password}
    return Person(server.url).post("/accounts/sign-in/", body, **headers).status_code


def sign_up(server: Shop, **headers: str) -> int:
    body = {"email": new_email(), "password": PASSWORD}
    return Person(server.url).post("/accounts/sign-up/", body, **headers).status_code


def test_what_people_do_fits_the_defaults(start_server: StartServer) -> None:
    server = start_server()

    pupils = together(30, lambda _: Person.signed_up(server.url))
    pupils += together(20, lambda _: Person.signed_up(server.url))
    item = Person.signed_up(server.url).offer(stock=50)
    statuses = together(50, lambda i: pupils[i].buy(item).status_code)

    assert Counter(statuses) == {201: 50}


def test_forged_address_without_proxies(start_server: StartServer) -> None:
    server = start_server(THROTTLE_SIGN_UP="3/day")

    statuses = [sign_up(server, **{"X-Forwarded-For": f"192.0.2.{i}"}) for i in range(4)]

    assert statuses == [201, 201, 201, 429]


def test_forged_address_behind_a_proxy(start_server: StartServer) -> None:
    server = start_server(THROTTLE_SIGN_UP="3/day", TRUSTED_PROXIES="1")

    def through_proxy(forged: str, client: str) -> int:
        return sign_up(server, **{"X-Forwarded-For": f"{forged}, {client}"})

    statuses = [through_proxy(f"192.0.2.{i}", "198.51.100.1") for i in range(4)]

    assert statuses == [201, 201, 201, 429]
    assert through_proxy("198.51.100.1", "198.51.100.2") == 201


def test_throttled_answer(start_server: StartServer) -> None:
    server = start_server(THROTTLE_SIGN_UP="1/day")
    sign_up(server)

    response = Person(server.url).post(
        "/accounts/sign-up/", {"email": new_email(), "password": PASSWORD}
    )

    assert response.status_code == 429
    assert response.json()["code"] == "throttled"
    assert 0 < int(response.headers["Retry-After"]) <= 86400
    assert len(server.select("accounts_user", "id")) == 1


def test_workers_share_the_count(start_server: StartServer) -> None:
    server = start_server(THROTTLE_SIGN_UP="10/day", WEB_CONCURRENCY="3")

    statuses = together(30, lambda _: sign_up(server))

    assert Counter(statuses) == {201: 10, 429: 20}


def test_lockout_locks_nobody_else_out(start_server: StartServer) -> None:
    server = start_server(TRUSTED_PROXIES="1")
    attacker = {"X-Forwarded-For": "192.0.2.66"}
    home = {"X-Forwarded-For": "192.0.2.1"}
    victim, neighbour = Person.signed_up(server.url), Person.signed_up(server.url)

    guesses = [sign_in(server, victim.email, f"guess-number-{i}", **attacker) for i in range(10)]

    assert set(guesses) <= {401, 429}
    assert sign_in(server, victim.email, PASSWORD, **attacker) in {401, 429}
    assert sign_in(server, victim.email, PASSWORD, **home) == 200
    assert sign_in(server, neighbour.email, PASSWORD, **attacker) == 200


def test_lockout_tells_nothing_about_who_exists(start_server: StartServer) -> None:
    server = start_server()
    known, unknown = Person.signed_up(server.url).email, new_email()

    def answers(email: str) -> list[tuple[int, str, str]]:
        body = {"email": email, "password": "a wrong guess"}
        made = [Person(server.url).post("/accounts/sign-in/", body) for _ in range(12)]
        return [(each.status_code, each.json()["code"], each.json()["detail"]) for each in made]

    assert answers(known) == answers(unknown)
