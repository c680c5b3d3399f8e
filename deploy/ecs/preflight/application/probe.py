"""Loads an application and sends it the request of a health check, in a process of its own.

It is run as a file: nothing of this project is imported, and what the application imports is its
own. It is told by JSON on stdin what to ask, and tells what happens on stdout, a line of JSON each.
Nothing is connected to: databases refuse, and of AWS's APIs secrets answer with placeholders.
"""

import importlib
import io
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Tell = Callable[..., None]
REFUSED = "Connection refused"
TLS_FILES = ("sslrootcert", "tlscafile", "ssl_ca_certs")
ASKED = (
    "tls",
    "ssl",
    "sslmode",
    "retrywrites",
    *TLS_FILES,
)


class Databases:
    """What stands for all that is behind a network. It tells of each try."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.names: dict[str, str] = {}

    def refuse(self, what: str) -> None:
        self.tell(touched=what)
        raise ConnectionRefusedError(REFUSED)

    def install(self) -> None:
        self._sockets()
        for module, names in (
            ("psycopg", ("connect", "Connection.connect", "AsyncConnection.connect")),
            ("psycopg2", ("connect",)),
            ("MySQLdb", ("connect",)),
        ):
            if find_spec(module):
                self._driver(importlib.import_module(module), names)
        if find_spec("django"):
            self._django()

    def _sockets(self) -> None:
        connect = socket.socket.connect

        def refuse(own: socket.socket, address: Any) -> None:
            if own.family == socket.AF_UNIX:
                return connect(own, address)
            host = self.names.get(address[0], address[0])
            return self.refuse(f"{host}:{address[1]}")

        def look_up(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
            address = f"192.0.2.{len(self.names) % 250 + 1}"
            self.names[address] = str(host)
            number = int(port) if str(port or "").isdecimal() else 0
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, number))]

        vars_of: Any = socket.socket
        vars_of.connect = vars_of.connect_ex = refuse
        vars_of = socket
        vars_of.getaddrinfo = look_up

    def _driver(self, module: Any, names: tuple[str, ...]) -> None:
        kind = getattr(module, "OperationalError", ConnectionRefusedError)

        def refuse(*_: Any, **__: Any) -> None:
            self.tell(touched=module.__name__)
            raise kind(REFUSED)

        for name in names:
            owner, _, last = name.rpartition(".")
            target = getattr(module, owner, None) if owner else module
            if target is not None:
                setattr(target, last, refuse)

    def _django(self) -> None:
        from django.db.backends.base.base import BaseDatabaseWrapper
        from django.db.utils import OperationalError

        def refuse(wrapper: Any, *_: Any, **__: Any) -> None:
            self.tell(touched=f"the database {wrapper.alias!r} ({wrapper.vendor})")
            raise OperationalError(REFUSED)

        wrapper: Any = BaseDatabaseWrapper
        wrapper.ensure_connection = wrapper.connect = refuse


def answer_secrets(known: dict[str, str], default: str) -> None:
    """By what boto3 is built on; all other calls fail as if AWS were out of reach."""
    if not find_spec("botocore"):
        return
    from botocore.client import BaseClient
    from botocore.exceptions import EndpointConnectionError

    def answer(client: Any, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        if operation == "GetSecretValue":
            name = str(given.get("SecretId"))
            return {
                "ARN": name,
                "Name": name,
                "VersionId": "00000000-0000-0000-0000-000000000000",
                "VersionStages": ["AWSCURRENT"],
                "SecretString": known.get(name, default),
                "CreatedDate": datetime.now(UTC),
            }
        if operation == "GetParameter":
            return {"Parameter": {"Name": given.get("Name"), "Type": "String", "Value": "unknown"}}
        raise EndpointConnectionError(endpoint_url=client.meta.endpoint_url)

    client: Any = BaseClient
    client._make_api_call = answer


def load(name: str) -> Any:
    module, _, attribute = name.partition(":")
    found: Any = importlib.import_module(module)
    for each in (attribute or "application").split("."):
        found = getattr(found, each)
    return found


def settings() -> dict[str, Any] | None:
    """Of Django, where it is that."""
    conf = sys.modules.get("django.conf")
    if conf is None or not conf.settings.configured:
        return None
    own = conf.settings
    key = str(own.SECRET_KEY)
    return {
        "DEBUG": bool(own.DEBUG),
        "insecure_key": key.startswith("django-insecure-") or len(key) < 32,
        "has_proxy_header": bool(own.SECURE_PROXY_SSL_HEADER),
        "ssl_redirect": bool(own.SECURE_SSL_REDIRECT),
        "trusted_origins": list(own.CSRF_TRUSTED_ORIGINS),
        "checks_csrf": any("Csrf" in str(each) for each in own.MIDDLEWARE),
        "allowed_hosts": [str(each) for each in own.ALLOWED_HOSTS],
        "databases": {alias: database(alias, dict(each)) for alias, each in own.DATABASES.items()},
    }


def database(alias: str, given: dict[str, Any]) -> dict[str, Any]:
    """How the driver is told to connect; without user and password."""
    client = given.get("CLIENT") or {}  # of djongo
    options: dict[str, Any] = {**client, **(given.get("OPTIONS") or {}), **parameters(alias)}
    host, scheme = str(options.get("host") or given.get("HOST") or ""), ""
    if "://" in host:
        parts = urlsplit(host)
        scheme = parts.scheme
        options = {**dict(parse_qsl(parts.query)), **options}
        host = parts.hostname or ""
    stated = {name.lower(): value for name, value in options.items()}
    return {
        "engine": str(given.get("ENGINE", "")),
        "host": host,
        "scheme": scheme,
        "options": {name: str(stated[name]) for name in ASKED if stated.get(name) is not None},
    }


def parameters(alias: str) -> dict[str, Any]:
    """As the backend completes what the settings say."""
    from django.db import connections

    try:
        return dict(connections[alias].get_connection_params())
    except Exception:  # of a backend that anybody may have written
        return {}


def ask(application: Any, path: str, **differs: str) -> dict[str, Any]:
    location, _, query = path.partition("?")
    told: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], None]:
        told["status"] = int(status.split(maxsplit=1)[0])
        told["headers"] = {name.lower(): value for name, value in headers}
        return lambda _: None

    body = application(environment(location, query) | differs, start)
    try:
        for _ in body:
            pass
    finally:
        if hasattr(body, "close"):
            body.close()
    return {"status": told["status"], "location": told["headers"].get("location", "")}


def environment(path: str, query: str) -> dict[str, Any]:
    """The request as a load balancer sends it to a target."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "10.0.0.10",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "10.0.0.10:8080",
        "HTTP_USER_AGENT": "ELB-HealthChecker/2.0",
        "HTTP_ACCEPT_ENCODING": "gzip, compressed",
        "HTTP_CONNECTION": "close",
        "REMOTE_ADDR": "10.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def to_people(application: Any, path: str) -> dict[str, Any]:
    try:
        return ask(application, path, **of_people(settings()))
    except BaseException:  # nobody will ask so
        return {"status": None}


def of_people(django: dict[str, Any] | None) -> dict[str, str]:
    """What tells a visitor's request from a health check."""
    hosts = [each.lstrip(".") for each in (django or {}).get("allowed_hosts", [])]
    return {
        "HTTP_HOST": next((each for each in hosts if "*" not in each), "shop.example.com"),
        "HTTP_X_FORWARDED_PROTO": "https",
        "wsgi.url_scheme": "https",
    }


def gunicorn(module: str) -> dict[str, Any]:
    """What a module that is gunicorn's configuration says."""
    found = importlib.import_module(module)
    bind = getattr(found, "bind", [])
    threads, kind = getattr(found, "threads", 1), getattr(found, "worker_class", "sync")
    return {
        "bind": [bind] if isinstance(bind, str) else [str(each) for each in bind],
        "keeps": kind != "sync" or threads > 1,
        "keepalive": int(getattr(found, "keepalive", 2)),
    }


def last_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[-1]}" if text else type(error).__name__


def main() -> None:
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever the application prints
    asked = json.load(sys.stdin)
    sys.path[0] = str(Path.cwd())

    def tell(**event: Any) -> None:
        out.write(json.dumps(event) + "\n")

    Databases(tell).install()
    answer_secrets(asked["secrets"], asked["default_secret"])
    # It ends the process. Each has its own, since on a busy machine loading may take most of one.
    signal.setitimer(signal.ITIMER_REAL, asked["loaded_within"])
    try:
        application = load(asked["app"])
        tell(loaded=settings())
    except BaseException as error:
        return tell(failed=last_line(error))
    signal.setitimer(signal.ITIMER_REAL, asked["answered_within"])
    try:
        if asked["path"]:
            started = time.monotonic()
            answer = ask(application, asked["path"])
            tell(answered=answer | {"seconds": time.monotonic() - started})
            if answer["status"] in {301, 302, 307, 308, 400}:
                tell(to_people=to_people(application, asked["path"]))
    except BaseException as error:
        tell(raised=last_line(error))
    try:
        if asked["configuration"]:
            tell(gunicorn=gunicorn(asked["configuration"]))
    except BaseException as error:
        tell(unread=last_line(error))


if __name__ == "__main__":
    main()
    os._exit(0)  # threads of the application may go on
