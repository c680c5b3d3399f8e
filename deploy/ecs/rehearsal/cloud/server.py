"""Moto's server, at a free port of this machine."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

CLOUDFORMATION = "/cloudformation/"  # in what a request is signed for


class Quiet(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """A rehearsal shows events, not requests."""


class OneAtATime:
    """Moto's backends are not made for threads. CloudFormation is apart: it calls the others, and
    minds its own threads."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if CLOUDFORMATION in environ.get("HTTP_AUTHORIZATION", ""):
            return self.application(environ, start_response)
        with self.lock:
            return self.application(environ, start_response)


class Server:
    def __init__(self) -> None:
        application = OneAtATime(DomainDispatcherApplication(create_backend_app))
        self._server = make_server(
            "127.0.0.1", 0, application, threaded=True, request_handler=Quiet
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
