"""A service's `migrate` on this machine, through the tunnel."""

import re
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from deploy.ecs.errors import DeploymentError
from deploy.ecs.tunnel.bastion import Say
from deploy.ecs.tunnel.credentials import operators
from deploy.ecs.tunnel.ssh import ROOT
from deploy.ecs.tunnel.tunnel import Tunnel

KEPT_LINES = 10
REFUSED = "password authentication failed|Authentication failed"
UNVERIFIED = "certificate verify failed|CERTIFICATE_VERIFY_FAILED|does not match host name"


@dataclass(frozen=True)
class Service:
    name: str
    settings: str  # as ecom.settings.accounts
    base_url: str
    secret: str  # id of its own secret
    owner_secret: str  # of the database's owner


def environment(tunnel: Tunnel, service: Service) -> dict[str, str]:
    return operators(tunnel.session) | {
        "DJANGO_SETTINGS_MODULE": service.settings,
        "ECOM_ENV": "production",
        "BASE_URL": service.base_url,
        "ECOM_SECRET_ID": service.secret,
        "ECOM_DATABASE_SECRET_ID": service.owner_secret,
        "DATABASE_URL": tunnel.database.url(tunnel.port),
        "LOG_FORMAT": "text",
        "PYTHONUNBUFFERED": "1",  # each line when it is written
    }


def migrate(tunnel: Tunnel, service: Service, say: Say, options: Sequence[str] = ()) -> None:
    """`options` are those of manage.py migrate. Raises DeploymentError."""
    last: deque[str] = deque(maxlen=KEPT_LINES)
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "manage.py", "migrate", *options],
        cwd=ROOT,
        env=environment(tunnel, service),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None  # noqa: S101
        for line in process.stdout:
            last.append(line.rstrip())
            say(last[-1])
    if process.returncode:
        raise failure(tunnel, service, process.returncode, list(last))


def failure(tunnel: Tunnel, service: Service, code: int, last: list[str]) -> DeploymentError:
    try:
        tunnel.check()
    except DeploymentError as error:
        return DeploymentError(
            f"The migration of {service.name} was cut off. {error.cause}",
            "Run it again: PostgreSQL has undone the migration that was cut off, on DocumentDB "
            "each operation can be repeated, and what was applied before stays.",
            error.details,
        )
    text = "\n".join(last)
    if re.search(REFUSED, text):
        return DeploymentError(
            f"{tunnel.database.host} refuses the user and password in {service.owner_secret}.",
            "Run up: its bootstrap gives the database's roles the passwords that their secrets "
            "have.",
            last,
        )
    if re.search(UNVERIFIED, text):
        return DeploymentError(
            f"The certificate of {tunnel.database.host} cannot be verified.",
            f"Send it no password, and look whether {tunnel.database.authorities} is of its "
            "authority.",
            last,
            "D03",
        )
    return DeploymentError(
        f"migrate of {service.name} ended with exit code {code}.",
        "Mend what its last lines say, and run it again.",
        last,
    )
