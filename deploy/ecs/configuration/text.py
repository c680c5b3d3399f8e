"""What `init` writes."""

import json
from typing import Any

from deploy.ecs.configuration.model import Deployment

TEMPLATE = """\
# What is deployed, and where. All settings: docs/deployment.md
project = "{project}"
preset = "{preset}"  # free-tier, private or fargate: docs/deployment.md says what each costs

# The shop's host name, with a Route 53 zone that it is in, or a certificate of ACM.
{address}

# Told of alarms.
{alarm}

[services.accounts]
database = "postgresql"
paths = ["/accounts", "/accounts/*", "/auth/*", "/.well-known/jwks.json", "/"]
peers = {{CATALOG_URL = "catalog"}}
daily = ["manage", "prune"]
frequent = ["manage", "close_accounts"]

[services.catalog]
database = "{catalog_database}"
paths = [
  "/catalog", "/catalog/*", "/item", "/item/*", "/items",
  "/items/*", "/buy/*",
]
peers = {{ACCOUNTS_URL = "accounts"}}
daily = ["manage", "prune"]

# Settings in here take the place of those above. Another environment is another table.
[environments.{environment}]
region = "{region}"
"""


def deployment_text(  # noqa: PLR0913  (the questions that are asked)
    *,
    preset: str,
    region: str,
    project: str = "little-ecom",
    environment: str = "production",
    domain: str = "",
    hosted_zone: str = "",
    certificate: str = "",
    alarm_email: str = "",
) -> str:
    """Without a domain it allows HTTP, which is for a trial."""
    given: dict[str, Any] = {
        "domain": domain,
        "hosted_zone": hosted_zone,
        "certificate": certificate,
    }
    lines = [f'{key} = "{value}"' for key, value in given.items() if value]
    if not domain:
        lines = ['# domain = "shop.example.com"', '# hosted_zone = "Z0123456789"']
        lines += ["allow_http = true  # passwords cross the internet in clear: for a trial only"]
    return TEMPLATE.format(
        project=project,
        preset=preset,
        address="\n".join(lines),
        alarm=f'{"" if alarm_email else "# "}alarm_email = "{alarm_email or "you@example.com"}"',
        catalog_database="postgresql" if preset == "free-tier" else "documentdb",
        environment=environment,
        region=region,
    )


def environment_text(environment: str, settings: dict[str, str | bool]) -> str:
    """Another environment's table, to come after what is there."""
    values = {
        key: str(value).lower() if isinstance(value, bool) else f'"{value}"'
        for key, value in settings.items()
    }
    lines = [f"{key} = {value}" for key, value in values.items()]
    return "\n".join(["", f"[environments.{environment}]", *lines, ""])


def written_out(deployment: Deployment) -> str:
    """With what its preset says in it, too."""
    settings = deployment.model_dump(exclude={"environment"}, exclude_none=True)
    lines = [f"{key} = {toml(value)}" for key, value in settings.items()]
    return "\n".join([f"[environments.{deployment.environment}]", *lines, ""])


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
