"""Loads a WSGI application and answers with what it answers, in a process of its own.

python -m deploy.ecs.preflight.application.answering MODULE[:CALLABLE] PATH HOST
"""

import io
import json
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any
from wsgiref.util import setup_testing_defaults

Wsgi = Callable[[dict[str, Any], Callable[..., None]], Iterable[bytes]]
AGENT = "ELB-HealthChecker/2.0"  # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html


def main(module: str, path: str, host: str) -> dict[str, Any]:
    sys.path.insert(0, "")
    try:
        application = _load(module)
    except Exception as error:
        return {"unloaded": _sentence(error)}
    try:
        return _ask(application, path, host)
    except Exception as error:
        return {"raised": _sentence(error)}


def _load(module: str) -> Wsgi:
    name, _, attribute = module.partition(":")
    found: Wsgi = getattr(import_module(name), attribute or "application")
    return found


def _ask(application: Wsgi, path: str, host: str) -> dict[str, Any]:
    told: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        told["status"] = int(status.split(maxsplit=1)[0])
        told["location"] = dict(headers).get("Location", "")

    target, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": target,
        "QUERY_STRING": query,
        "HTTP_HOST": host,
        "HTTP_USER_AGENT": AGENT,
        "REMOTE_ADDR": "10.0.0.1",
        "wsgi.errors": io.StringIO(),
    }
    setup_testing_defaults(environ)
    for _ in application(environ, start):
        pass
    return told


def _sentence(error: Exception) -> str:
    last = (str(error).strip() or "it says nothing").splitlines()[-1]
    return f"{type(error).__name__}: {last}"


if __name__ == "__main__":
    answer = main(*sys.argv[1:4])
    # What the application prints is its own; this is the last line.
    print(json.dumps(answer), flush=True)  # noqa: T201
