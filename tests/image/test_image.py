"""The image, built and run: what it declares, what is in it, and both services in containers."""

import signal
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from moto.server import ThreadedMotoServer

from ecom import gunicorn
from ecom.keys import KeySet
from tests.ecom.secrets.aws import SecretsManager
from tests.image.container import inspect
from tests.image.shop import NewContainer, Running, Service
from tests.live.person import Person
from tests.live.server import free_port
from tests.postgresql.debian import Debian

STOP_TIMEOUT = 30  # seconds that ECS waits between SIGTERM and SIGKILL
SLACK = 10  # seconds to end after the last request
BODY = b'{"email": "late@example.com", "password": "violet-teapot-41"}'


def test_declared(image: None) -> None:
    declared = inspect()

    assert declared["User"] == "10001:10001"
    assert declared["Entrypoint"] == ["python", "-m", "ecom.entrypoint"]
    assert declared["Cmd"] == ["accounts"]
    assert declared["Healthcheck"]["Test"] == ["CMD", "python", "-m", "ecom.healthcheck"]
    assert declared.get("StopSignal", "") in {"", "SIGTERM", "15"}
    assert {"PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"} <= set(declared["Env"])


def test_nothing_is_left_of_the_build(files: Path) -> None:
    assert sorted(path.name for path in (files / "app").iterdir()) == [
        "LICENSE",
        "__pycache__",
        "accounts",
        "catalog",
        "ecom",
        "manage.py",
        "requirements.txt",
        "staticfiles",
    ]
    assert not (files / "build").exists()
    assert not list(files.glob("venv/lib/python3*/site-packages/pip"))
    assert not list((files / "root").glob(".cache"))
    assert not [tool for tool in ("gcc", "cc", "make") if list(files.glob(f"usr/bin/{tool}*"))]


def test_its_user_can_change_nothing(files: Path) -> None:
    for folder in ("app", "venv"):
        for path in (files / folder).rglob("*"):
            status = path.lstat()
            assert status.st_uid == status.st_gid == 0, path
            assert stat.S_ISLNK(status.st_mode) or not status.st_mode & stat.S_IWOTH, path


def compiled(source: Path) -> bool:
    return any(source.parent.glob(f"__pycache__/{source.stem}.*.pyc"))


def test_everything_is_compiled(files: Path) -> None:
    library = next(files.glob("usr/lib/python3*/json")).parent
    for folder in (files / "app", files / "venv", library):
        sources = list(folder.rglob("*.py"))
        assert len(sources) > 100
        left = [each for each in sources if not compiled(each)]
        assert len(left) < len(sources) / 100, left  # some are there to be wrong
    assert not [each for each in (files / "app").rglob("*.py") if not compiled(each)]


def test_a_sale(accounts: Running, catalog: Running) -> None:
    seller, buyer = (Person.signed_up(accounts.url) for _ in range(2))

    item = Person(catalog.url, seller.token).offer(stock=2)
    bought = Person(catalog.url, buyer.token).buy(item)

    assert bought.status_code == 201
    sales = Person(catalog.url, seller.token).get("/catalog/my/sales/").json()["results"]
    assert [sale["id"] for sale in sales] == [bought.json()["id"]]


def test_static_files(accounts: Running, catalog: Running) -> None:
    for service, name in ((accounts, "accounts"), (catalog, "catalog")):
        page = requests.get(f"{service.url}/{name}/docs/", timeout=10).text
        paths = [word for word in page.split('"') if word.startswith(f"/{name}/static/")]
        assert paths
        for path in paths:
            answer = requests.get(service.url + path, timeout=10)
            assert answer.status_code == 200, path
            assert "immutable" in answer.headers["Cache-Control"], path
            assert "Content-Encoding" in answer.headers or path.endswith(".png"), path


def test_health_check(accounts: Running, new_container: NewContainer) -> None:
    command = inspect()["Healthcheck"]["Test"][1:]

    healthy = accounts.container.inside(*command)
    nobody = new_container(PORT=str(free_port()))
    nobody.start(entrypoint=command)

    assert (healthy.returncode, healthy.stdout + healthy.stderr) == (0, "")
    assert nobody.wait(10) == 1
    assert nobody.logged().startswith("/health does not answer at port")


def test_process_1_is_the_server_of_an_ordinary_user(accounts: Running) -> None:
    shown = accounts.container.inside("cat", "/proc/1/cmdline", "/proc/1/status").stdout
    command, status = shown.rsplit("\0", 1)

    assert "python\0-m\0ecom.entrypoint\0accounts" in command or command.startswith("gunicorn")
    assert "Uid:\t10001\t10001" in status
    assert "CapEff:\t0000000000000000" in status


def test_only_shared_memory_can_be_written(new_container: NewContainer) -> None:
    """An upload that is too large for memory goes to a temporary file."""
    container = new_container()
    container.start(
        entrypoint=[
            "python",
            "-c",
            "import tempfile; print(tempfile.mkstemp()[1]); open('/app/x', 'w')",
        ]
    )

    assert container.wait(10) == 1
    assert "/dev/shm/" in container.logged()
    assert "Read-only file system: '/app/x'" in container.logged()


def test_secrets(new_container: NewContainer) -> None:
    """What is left of boto3 reads them."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        moto = SecretsManager(f"http://{host}:{port}")
        name = moto.make({"SECRET_KEY": "x" * 50, "SIGNING_KEYS": KeySet.generate().to_json()})
        container = new_container(
            **moto.variables,
            ECOM_SECRET_ID=name,
            BASE_URL="http://shop.example.com",
            DATABASE_URL="postgresql://shop:unused@db.example/shop",
            DJANGO_SETTINGS_MODULE="ecom.settings.accounts",
        )
        container.start("manage", "check_secrets")
        assert container.wait(30) == 0, container.logged()
        assert "arn:aws:sts::" in container.logged()
        assert "complete" in container.logged()
    finally:
        server.stop()


def test_certificates(new_container: NewContainer) -> None:
    """Those of Amazon's databases, and those of everybody else for mail."""
    container = new_container()
    count = "len(ssl.create_default_context(cafile={}).get_ca_certs())"
    files = ["'/app/ecom/certificates/rds-global-bundle.pem'", "None"]
    shown = ", ".join(count.format(file) for file in files)
    container.start(entrypoint=["python", "-c", f"import ssl; print({shown})"])

    assert container.wait(10) == 0, container.logged()
    assert all(int(number) > 50 for number in container.logged().split())


@pytest.mark.parametrize("service", ["accounts", "catalog"])
def test_missing_settings(new_container: NewContainer, service: str) -> None:
    container = new_container()
    container.start(service)

    assert container.wait(30) == 1
    [line] = container.logged().splitlines()
    assert line.startswith("Error: SECRET_KEY is not set.")


def half_sent(service: Running) -> socket.socket:
    """A connection whose request the service has begun to work on."""
    address = urlsplit(service.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=60)
    head = (
        "POST /accounts/sign-up/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    )
    connection.sendall(head.encode() + BODY[:20])
    return connection


def answers(service: Running) -> bool:
    try:
        return requests.get(f"{service.url}/health", timeout=0.5).ok
    except requests.RequestException:
        return False


@pytest.fixture
def another(services: dict[str, Service]) -> Running:
    """A second task of accounts, to be stopped."""
    return services["accounts"].configured(PORT=str(free_port())).start()


def test_sigterm_waits_for_the_request(another: Running) -> None:
    with half_sent(another) as connection:
        assert answers(another)  # so the half that came before is being read
        another.container.signal(signal.SIGTERM)
        another.container.wait_until(lambda: not answers(another))

        connection.sendall(BODY[20:])
        answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 201 ")
    assert another.container.wait(STOP_TIMEOUT) == 0, another.container.logged()


def test_sigterm_does_not_wait_for_ever(services: dict[str, Service]) -> None:
    assert gunicorn.graceful_timeout + SLACK <= STOP_TIMEOUT
    hasty = services["accounts"].configured(
        PORT=str(free_port()), GUNICORN_CMD_ARGS="--graceful-timeout 2"
    )
    running = hasty.start()
    with half_sent(running):
        assert answers(running)
        running.container.signal(signal.SIGTERM)
        assert running.container.wait(2 + SLACK) == 0, running.container.logged()


def test_migrate_ends_at_sigterm(services: dict[str, Service], postgresql: Debian) -> None:
    url = postgresql.url("localhost", sslmode="require")
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with psycopg.connect(url) as connection, psycopg.connect(url, autocommit=True) as observer:
        connection.execute("LOCK TABLE django_migrations")
        container = services["accounts"].task("migrate")
        container.wait_until(lambda: observer.execute(waiting).fetchone() != (0,))
        container.signal(signal.SIGTERM)
        assert container.wait(10) == 128 + signal.SIGTERM, container.logged()
