"""AWS as these tests have it: moto's server, and in front of it what moto cannot produce.

An operation in `answers` is answered there; all others pass on to moto.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import boto3
import requests

ACCOUNT = "123456789012"
REGION = "eu-central-1"
CREDENTIALS = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "none"}
Request = Mapping[str, Any]
Answer = Callable[[Request], Mapping[str, Any]]


class RefusedError(Exception):
    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


class Front(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, moto: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.moto = moto
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, Request]] = []
        self.gone = 0  # so many requests from now on find nobody

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Front

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation, request = self.parsed(body)
        self.server.asked.append((operation, request))
        if self.server.gone > 0:
            self.server.gone -= 1
            self.close_connection = True
            return
        if answer := self.server.answers.get(operation):
            self.answered(answer, request)
        else:
            self.passed_on(body)

    def parsed(self, body: bytes) -> tuple[str, Request]:
        if target := self.headers["X-Amz-Target"]:
            return target.rpartition(".")[2], json.loads(body)
        form = {key: value[0] for key, value in parse_qs(body.decode()).items()}
        return form.get("Action", self.path), form

    def answered(self, answer: Answer, request: Request) -> None:
        try:
            status, content = 200, json.dumps(answer(request))
        except RefusedError as error:
            status, content = error.status, self.refusal(error)
        self.reply(status, content.encode(), "application/x-amz-json-1.1")

    def refusal(self, error: RefusedError) -> str:
        if self.headers["X-Amz-Target"]:
            return json.dumps({"__type": error.code, "message": error.message})
        said = f"<Code>{error.code}</Code><Message>{error.message}</Message>"
        return f"<ErrorResponse><Error><Type>Sender</Type>{said}</Error></ErrorResponse>"

    def passed_on(self, body: bytes) -> None:
        headers = {key: value for key, value in self.headers.items() if key != "Host"}
        url = self.server.moto + self.path
        answer = requests.post(url, data=body, headers=headers, timeout=30)
        self.reply(answer.status_code, answer.content, answer.headers.get("Content-Type", ""))

    def reply(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class Amazon:
    def __init__(self, front: Front) -> None:
        self.front = front
        self.answers = front.answers
        self._clients: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return self.front.url

    @property
    def variables(self) -> dict[str, str]:
        named = {key.upper(): value for key, value in CREDENTIALS.items()}
        return named | {"AWS_ENDPOINT_URL": self.url, "AWS_EC2_METADATA_DISABLED": "true"}

    def client(self, service: str) -> Any:
        """Of whoever set this up, past what is in front."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service, region_name=REGION, endpoint_url=self.front.moto, **CREDENTIALS
            )
        return self._clients[service]

    def requests_of(self, operation: str) -> list[Request]:
        return [request for name, request in self.front.asked if name == operation]

    def stack(self, name: str, outputs: Mapping[str, str]) -> None:
        """That has these outputs, and is nothing else."""
        told = {key: {"Value": value} for key, value in outputs.items()}
        properties = {"Name": f"/{name}", "Type": "String", "Value": "-"}
        nothing = {"Type": "AWS::SSM::Parameter", "Properties": properties}
        body = json.dumps({"Resources": {"Nothing": nothing}, "Outputs": told})
        self.client("cloudformation").create_stack(StackName=name, TemplateBody=body)

    def close(self) -> None:
        for each in self._clients.values():
            each.close()


@contextmanager
def in_front(server: str) -> Iterator[Front]:
    with Front(server) as front:
        thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield front
        front.shutdown()
        thread.join()


@contextmanager
def in_front_of(moto: str) -> Iterator[Amazon]:
    requests.post(f"{moto}/moto-api/reset", timeout=10).raise_for_status()
    with in_front(moto) as front:
        amazon = Amazon(front)
        yield amazon
        amazon.close()
