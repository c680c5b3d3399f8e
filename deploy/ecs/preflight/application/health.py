"""B01 to B04 and B23: what the application answers to the load balancer's health check."""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.graph import TargetGroup
from deploy.ecs.preflight.application.asking import ANSWERED_WITHIN, Answer
from deploy.ecs.preflight.application.loading import variable_of
from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.application.variables import Variables
from deploy.ecs.preflight.balancing.fed import Fed, called
from deploy.ecs.preflight.finding import Finding, error, warning

SENT = "GET {} with Host: 10.0.0.10:8080 and User-Agent: ELB-HealthChecker/2.0, over HTTP"
HOSTS = "ALLOWED_HOSTS"
# Of variables that may change which hosts are answered, and what is redirected.
HOSTS_NAMES = "ALLOWED|HOSTS|HOSTNAME|DOMAIN|SITE|^HOST$"
REDIRECT_NAMES = "SSL|HTTPS|SLASH|REDIRECT|(BASE|SITE|PUBLIC|APP)_URL"


def health_path(fed: Fed) -> str | None:
    """None where no request is sent to the port that the application listens on."""
    check = fed.group.health_check if fed.group else None
    if check is None or check.is_enabled is not True or check.protocol not in {"HTTP", "HTTPS"}:
        return None
    return check.path if check.port in {"traffic-port", str(fed.port)} else None


@dataclass(frozen=True)
class Check:
    subject: Subject
    fed: Fed
    group: TargetGroup
    path: str
    answer: Answer
    variables: Variables

    def findings(self) -> Iterator[Finding]:
        answer, status = self.answer, self.answer.status
        if answer.is_too_slow or answer.raised or status is None:
            yield from self._without_answer()
        elif self.group.health_check.accepts(status) is False:
            yield from self._refused(status)
        elif self._is_late():
            yield self._waits()

    def _is_late(self) -> bool:
        timeout = self.group.health_check.timeout
        is_late = timeout is not None and self.answer.seconds > timeout
        return is_late and self._needs_database

    @property
    def _needs_database(self) -> bool:
        touched = self.answer.touched
        return touched is not None and "sqlite" not in touched

    def _without_answer(self) -> Iterator[Finding]:
        answer = self.answer
        if self._needs_database:
            yield self._waits()
        elif answer.touched:
            return  # its file is none of this machine's
        elif answer.is_too_slow:
            yield self._broken(f"it has not answered within {ANSWERED_WITHIN} seconds")
        elif self.variables.is_complete:
            yield self._broken(f"it raises {answer.raised or 'an exception'}")

    def _refused(self, status: int) -> Iterator[Finding]:
        if self._needs_database and status >= 500:
            yield self._waits()
        elif self.answer.touched and status >= 500:
            return
        elif status == 404 or self.answer.status_for_people == 404:
            yield self._absent(status)
            if status == 400:
                yield self._absent(status).consequence("B02", self._seen(400))
        elif status == 400:
            if self.variables.is_known(HOSTS_NAMES):
                yield self._host(status)
        elif status in {301, 302, 307, 308}:
            if self.variables.is_known(REDIRECT_NAMES):
                yield self._redirected(status)
        else:
            yield self._other(status)

    def _seen(self, what: object) -> str:
        port = self.fed.port or "?"
        return (
            f"(service {called(self.fed.service)}) (port {port}) is unhealthy in (target-group "
            f"{called(self.group)}) due to (reason Health checks failed with these codes: [{what}])"
        )

    def _told(self, what: str) -> list[str]:
        return [
            f"The target group {called(self.group)} sends {SENT.format(self.path)}.",
            f"The application of the container {self.subject.name} answers {what}.",
        ]

    @property
    def _codes(self) -> str:
        return self.group.health_check.codes or "200"

    def _absent(self, status: int) -> Finding:
        told = "404" if status == 404 else f"{status}, and 404 if it is asked as the site itself"
        return error(
            "B01",
            self.group,
            "HealthCheckPath",
            why=self._told(f"{told}: it has no route {self.path}"),
            message=self._seen(status),
            cure=f"Set HealthCheckPath of {called(self.group)} to a path that it answers, or add "
            f"the route {self.path}.",
        )

    def _host(self, status: int) -> Finding:
        hosts = self.answer.settings.get("allowed_hosts")
        stated = f"; its {HOSTS} are {', '.join(hosts) or 'empty'}" if hosts is not None else ""
        return error(
            "B02",
            self.subject.container,
            *variable_of(self.subject, HOSTS),
            why=[
                *self._told(f"{status}{stated}"),
                "The load balancer names a target by its address, and not by the site's name.",
            ],
            message=self._seen(status),
            cure="Answer the health check before the host is checked, in a middleware at the top, "
            f"or add the task's own address to {HOSTS} when it starts.",
        )

    def _redirected(self, status: int) -> Finding:
        location = self.answer.location
        https = location.startswith("https:")
        reason = "SECURE_SSL_REDIRECT" if https else "APPEND_SLASH, or a redirect of its own"
        return error(
            "B03",
            self.group,
            "HealthCheckPath",
            why=[
                *self._told(f"{status} to {location or 'another place'} ({reason})"),
                f"Healthy are the codes {self._codes}; a redirect is not followed.",
            ],
            message=self._seen(status),
            cure="Exempt the path with SECURE_REDIRECT_EXEMPT."
            if https
            else f"Set HealthCheckPath of {called(self.group)} to where it redirects, "
            f"{location or 'its end'}.",
        )

    def _other(self, status: int) -> Finding:
        # A placeholder may be what it fails on.
        tell = warning if status >= 500 and self.variables.guessed else error
        return tell(
            "B04",
            self.group,
            *(("Matcher", "HttpCode") if self.group.given("Matcher") else ("HealthCheckPath",)),
            why=[*self._told(str(status)), f"Healthy are the codes {self._codes}."],
            message=self._seen(status),
            cure=f"Let it answer {self._codes}, or put {status} into Matcher.HttpCode of "
            f"{called(self.group)}.",
        )

    def _broken(self, what: str) -> Finding:
        tell = warning if self.variables.guessed else error
        return tell(
            "B04",
            self.group,
            "HealthCheckPath",
            why=self._told(f"nothing: {what}"),
            message=self._seen(500),
            cure=f"Let {self.path} answer without anything that may fail.",
        )

    def _waits(self) -> Finding:
        answer = self.answer
        result = str(answer.status) if answer.status else answer.raised or "nothing, and waits"
        return warning(
            "B23",
            self.group,
            "HealthCheckPath",
            why=[
                *self._told(f"{result} while databases refuse connections"),
                f"For its answer it connects to {answer.touched}.",
                "During an outage of the database every task is unhealthy, and ECS replaces them "
                "all, again and again.",
            ],
            message="Task failed ELB health checks, of all tasks at once",
            cure=f"Let {called(self.group)} check a path that needs no database.",
        )
