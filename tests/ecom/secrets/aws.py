"""Secrets Manager as tests have it: moto's server, and what it cannot produce."""

import contextlib
import json
import os
import socket
import ssl
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3

REGION = "eu-central-1"
ENDPOINT = "AWS_ENDPOINT_URL_SECRETS_MANAGER"
# Nothing of the developer's own configuration of AWS is read.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


class SecretsManager:
    """A moto server. Each test makes secrets of its own."""

    def __init__(self, url: str) -> None:
        self.variables = {**CREDENTIALS, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": url}
        self.client = boto3.client(
            "secretsmanager",
            region_name=REGION,
            endpoint_url=url,
            aws_access_key_id="owner",
            aws_secret_access_key="none",
        )

    def make(self, value: Any, **options: Any) -> str:
        """The name of a new secret. A text or bytes are stored as they are, all else as JSON."""
        name = f"shop/{uuid.uuid4().hex}"
        self.client.create_secret(Name=name, **stored(value), **options)
        return name

    def change(self, name: str, value: Any, stage: str = "AWSCURRENT") -> None:
        self.client.put_secret_value(SecretId=name, VersionStages=[stage], **stored(value))

    def arn(self, name: str) -> str:
        return str(self.client.describe_secret(SecretId=name)["ARN"])


def stored(value: Any) -> dict[str, Any]:
    if isinstance(value, bytes):
        return {"SecretBinary": value}
    return {"SecretString": value if isinstance(value, str) else json.dumps(value)}


class Answering(ThreadingHTTPServer):
    """Answers every request with what `answers` holds, the last one for ever."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Answering

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answers = self.server.answers
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.server.asked += 1
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


def refusal(code: str, message: str = "", status: int = 400) -> tuple[int, str]:
    """As AWS's JSON protocol 1.1 has it."""
    return status, json.dumps({"__type": code, "Message": message})


@contextlib.contextmanager
def answering(*answers: tuple[int, str]) -> Iterator[Answering]:
    with Answering(*answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def speaking_tls(certificate: Path) -> Iterator[str]:
    """With a certificate that nobody knows, so that clients part amid the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def greet() -> None:
            while not ended.is_set():
                with contextlib.suppress(OSError), listening.accept()[0] as connection:
                    context.wrap_socket(connection, server_side=True).close()

        thread = threading.Thread(target=greet)
        thread.start()
        try:
            yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)  # which ends accept()
            thread.join()


@contextlib.contextmanager
def silent() -> Iterator[str]:
    """Its connections are accepted, and nothing is answered."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(50)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextlib.contextmanager
def black_hole() -> Iterator[str]:
    """It accepts no connection and refuses none: its backlog is full."""
    with socket.socket() as listening, contextlib.ExitStack() as waiting:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def refused() -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{closed.getsockname()[1]}"
