"""B01 to B04 and B23: the answer to the health check."""

import pytest

from deploy.ecs.preflight.application import asking
from tests.deploy.preflight.application.conftest import Ask, spelled
from tests.deploy.preflight.application.shop import DJANGO, ENVIRONMENT, PLAIN, environment

PATH = "HealthCheckPath: /health"
SEEN = "(port 8000) is unhealthy in (target-group Targets) due to"


def at(path: str, *more: str) -> dict[str, str]:
    return {PATH: "\n      ".join([f"HealthCheckPath: {path}", *more])}


@pytest.mark.parametrize(
    ("path", "wanted", "reason"),
    [
        ("/nowhere", "error B01 Targets HealthCheckPath", "no route /nowhere"),
        ("/old", "error B03 Targets HealthCheckPath", "answers 301 to /new"),
        ("/made", "error B04 Targets HealthCheckPath", "answers 201"),
        ("/raises", "error B04 Targets HealthCheckPath", "raises ValueError: no luck"),
        ("/calls", "warning B23 Targets HealthCheckPath", "connects to cache.example.com:6379"),
    ],
)
def test_wrong_answer(ask: Ask, path: str, wanted: str, reason: str) -> None:
    told = ask(at(path), app="shop", shop=PLAIN)
    assert spelled(told) == [wanted]
    assert reason in " ".join(told[0].why)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        at("/health?full=1"),
        at("/tolerates"),
        at("/made", 'Matcher: {HttpCode: "200-299"}'),
        at("/old", 'Matcher: {HttpCode: "200,301"}'),
        at("/nowhere", "HealthCheckPort: 9000"),
        at("/nowhere", "HealthCheckProtocol: TCP"),
        at("!Ref Open"),
        at("/made", "Matcher: {HttpCode: !Ref Open}"),
    ],
)
def test_right_answer(ask: Ask, changes: dict[str, str]) -> None:
    assert ask(changes, app="shop:application", shop=PLAIN) == []


def test_message_is_that_of_ecs(ask: Ask) -> None:
    (told,) = ask(at("/nowhere"), app="shop", shop=PLAIN)
    assert f"{SEEN} (reason Health checks failed with these codes: [404])" in told.message


def test_never_answers(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ANSWERED_WITHIN", 2)
    (told,) = ask(at("/sleeps"), app="shop", shop=PLAIN)
    assert (told.id, told.severity) == ("B04", "error")
    assert "has not answered" in told.why[1]


def test_never_loads(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LOADED_WITHIN", 2)
    (told,) = ask(app="shop", shop="import time\ntime.sleep(600)")
    assert (told.id, told.severity) == ("B04", "note")
    assert "cannot be loaded within" in told.why[1]


@pytest.mark.parametrize(
    ("app", "reason"),
    [
        ("nothing", "ModuleNotFoundError: No module named 'nothing'"),
        ("shop:other", "AttributeError"),
        ("broken", "SyntaxError"),
        ("ends", "SystemExit: 3"),
        ("dies", "ended without a word"),
    ],
)
def test_cannot_be_loaded(
    ask: Ask, app: str, reason: str, capfd: pytest.CaptureFixture[str]
) -> None:
    others = {"broken.py": "def (", "ends.py": "raise SystemExit(3)"}
    others["dies.py"] = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    told = ask(app=app, shop=PLAIN, **others)
    assert spelled(told) == ["note B04 Task ContainerDefinitions.0.Environment"]
    assert reason in told[0].why[1]
    assert capfd.readouterr() == ("", "")


def django(ask: Ask, path: str = "/health", *more: str, **variables: str) -> list[str]:
    changes = at(path, *more) | {ENVIRONMENT: environment(**variables)}
    return spelled(ask(changes, app="shop", shop=DJANGO))


def test_django(ask: Ask) -> None:
    assert django(ask) == []


def test_host_is_refused(ask: Ask) -> None:
    assert django(ask, ALLOWED_HOSTS="shop.example.com") == [
        "error B02 Task ContainerDefinitions.0.Environment.1.Value"
    ]


def test_hosts_are_not_known(ask: Ask) -> None:
    assert django(ask, ALLOWED_HOSTS="!Ref Open") == []


def test_host_is_refused_and_there_is_no_route(ask: Ask) -> None:
    assert django(ask, "/nowhere", ALLOWED_HOSTS="shop.example.com") == [
        "error B01 Targets HealthCheckPath",
        "note B02 Targets HealthCheckPath",
    ]


@pytest.mark.parametrize(
    ("path", "variables"), [("/slash", {}), ("/health", {"REDIRECT": "'yes'"})]
)
def test_redirects(ask: Ask, path: str, variables: dict[str, str]) -> None:
    assert django(ask, path, **variables) == ["error B03 Targets HealthCheckPath"]


def test_database_is_needed(ask: Ask) -> None:
    assert django(ask, "/ready") == ["warning B23 Targets HealthCheckPath"]


def test_secret_key_is_missing(ask: Ask) -> None:
    assert django(ask, SECRET_KEY="") == ["error C14 Task ContainerDefinitions.0.Environment"]


def test_secret_key_is_a_secret(ask: Ask) -> None:
    given = "Secrets: [{Name: SECRET_KEY, ValueFrom: !Ref Open}]"
    assert spelled(ask({ENVIRONMENT: given}, app="shop", shop=DJANGO)) == []


def test_secret_may_say_which_hosts(ask: Ask) -> None:
    """Nothing is known of what such a secret holds."""
    assert django(ask, DOMAIN_SECRET_ID="!Ref Open", SITE="x") == []
    hosts = DJANGO.replace('"ALLOWED_HOSTS", "*"', '"HOSTS", "shop.example.com"')
    changes = {ENVIRONMENT: environment(SHOP_SECRET_ID="!Ref Open")}
    assert ask(changes, app="shop", shop=hosts) == []
    changes = {ENVIRONMENT: environment()}
    assert [each.id for each in ask(changes, app="shop", shop=hosts)] == ["B02"]
