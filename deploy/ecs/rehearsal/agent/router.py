"""All load balancers at one port of this machine: the host name says which."""

import asyncio
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from deploy.ecs.rehearsal.agent.balancing import Balancing, Request
from deploy.ecs.rehearsal.agent.network import HOST
from deploy.ecs.rehearsal.agent.region import Region
from deploy.ecs.rehearsal.agent.targets import Target, Targets
from deploy.local.router import Exchange, Front, RefusedError, Service, rewritten

HOST_FIELD = re.compile(rb"\r\nHost:[ \t]*([^\r\n]*)", re.IGNORECASE)
PAGE_FIELD = re.compile(rb"(\r\n(?:Origin|Referer):[ \t]*https?://)[^/\r\n]*", re.IGNORECASE)
ABSOLUTE = re.compile(rb"\A([A-Z]+) http://[^/ ]*/?")  # as to a proxy
LOCAL = ("127.0.0.1", "localhost")


class AnsweredError(RefusedError):
    """By the load balancer itself."""

    def __init__(self, status: int, content: str, kind: str, text: str, *headers: str) -> None:
        super().__init__(HTTPStatus(status), "", text, *headers)
        self.content = content
        self.kind = kind

    def response(self) -> bytes:
        content = self.content.encode()
        head = [
            f"HTTP/1.1 {int(self.status)} {self.status.phrase}",
            "Server: awselb/2.0",
            f"Content-Type: {self.kind}",
            f"Content-Length: {len(content)}",
            "Connection: close",
            *self.headers,
        ]
        return "\r\n".join([*head, "", ""]).encode() + content


def failed(status: int, text: str) -> AnsweredError:
    title = f"{status} {HTTPStatus(status).phrase}"
    if status == 503:
        title = "503 Service Temporarily Unavailable"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return AnsweredError(status, page, "text/html", text)


class Upstream(Service):
    """A target, of which the load balancer tells nothing but a status."""

    def away(self, why: str) -> RefusedError:
        return failed(502, f"{self} {why}")


class LoadBalancers(Front):
    def __init__(self, region: Region, balancing: Balancing, targets: Targets) -> None:
        self.region = region
        self.balancing = balancing
        self.targets = targets
        self.turns: dict[str, int] = {}

    def say(self, text: str) -> None:
        if text:
            self.region.timeline.add("load balancer", text)

    async def pass_on(
        self, head: bytes, client: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Raises RefusedError."""
        head, name, port = self.addressed(head)
        load_balancer = self.balancing.load_balancer(name)
        if load_balancer is None:
            raise failed(404, f"no load balancer is called {html.escape(name)}")
        listener = self.balancing.listener(load_balancer, port)
        if listener is None:
            raise failed(503, f"{load_balancer.name} has no listener")
        method, target = head.split(b" ", 2)[:2]
        request = Request(method.decode("latin-1"), target.decode("latin-1"), name)
        action = self.balancing.actions(listener, request)[-1]
        if action.type == "forward":
            head = rewritten(head, client, *self.own_lines(listener))
            await self.forward(action, request, head, (reader, writer))
        elif action.type == "redirect":
            raise redirect(action.data["RedirectConfig"], listener, request)
        else:
            raise fixed(action.data["FixedResponseConfig"])

    def addressed(self, head: bytes) -> tuple[bytes, str, int | None]:
        """The head, and the name and port that it asks for. By the machine's own name one means
        the load balancer that is there for people."""
        head = ABSOLUTE.sub(rb"\1 /", head, count=1)
        found = HOST_FIELD.search(head)
        host = found[1].decode("latin-1").strip().lower() if found else ""
        name, _, port = host.partition(":")
        if name in LOCAL:
            name = self.balancing.public_name() or name
            own = name.encode("latin-1")
            head = HOST_FIELD.sub(lambda _: b"\r\nHost: " + own, head, count=1)
            # What a browser says of the page that a form is on.
            head = PAGE_FIELD.sub(lambda found: found[1] + own, head)
        return head, name, int(port) if port.isdecimal() else None

    def own_lines(self, listener: Any) -> tuple[str, bytes]:
        return listener.protocol.lower(), f"X-Forwarded-Port: {listener.port}".encode()

    async def forward(
        self,
        action: Any,
        request: Request,
        head: bytes,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        arn = next(self.balancing.groups_of(action))
        with self.taken(arn) as target:
            if target is None or target.real_port is None:
                raise failed(503, f"{arn.split('/')[1]} has no healthy target for {request.path}")
            upstream = Upstream(f"{target.id}:{target.port}", HOST, target.real_port)
            await Exchange(upstream, await upstream.connect(), *streams).run(head)

    @contextmanager
    def taken(self, group_arn: str) -> Iterator[Target | None]:
        """A target in its turn, that does not end as long as it is used."""
        with self.region.lock:
            usable = self.targets.usable(group_arn)
            turn = self.turns[group_arn] = self.turns.get(group_arn, -1) + 1
            target = usable[turn % len(usable)] if usable else None
            if target:
                target.in_flight += 1
        try:
            yield target
        finally:
            if target:
                with self.targets.changed:
                    target.in_flight -= 1
                    self.targets.changed.notify_all()


def fixed(given: dict[str, Any]) -> AnsweredError:
    kind = given.get("ContentType") or "text/plain"
    return AnsweredError(int(given["StatusCode"]), given.get("MessageBody") or "", kind, "")


def redirect(given: dict[str, Any], listener: Any, request: Request) -> AnsweredError:
    values = {
        "protocol": listener.protocol.lower(),
        "host": request.host,
        "port": str(listener.port),
        "path": request.path.removeprefix("/"),
        "query": request.query,
    }

    def filled(name: str, default: str) -> str:
        text = str(given.get(name) or default)
        for key, value in values.items():
            text = text.replace(f"#{{{key}}}", value)
        return text

    protocol = filled("Protocol", "#{protocol}").lower()
    port = filled("Port", "#{port}")
    query = filled("Query", "#{query}")
    location = f"{protocol}://{filled('Host', '#{host}')}:{port}{filled('Path', '/#{path}')}"
    location += f"?{query}" if query else ""
    status = 301 if given.get("StatusCode") == "HTTP_301" else 302
    return AnsweredError(status, "", "text/html", "", f"Location: {location}")
