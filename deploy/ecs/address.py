"""Whether the shop answers under its address."""

from typing import TypeGuard

import requests

from deploy.ecs.stacks import Parts

UNCLAIMED = "There is nothing at this address."  # the load balancer's own answer


def urls(parts: Parts, base: str) -> dict[str, str]:
    """Of each service, by its first path."""
    services = parts.deployment.services.items()
    return {name: base + service.paths[0].replace("*", "") for name, service in services}


def innermost(error: BaseException) -> str:
    """What libraries have wrapped, and named each time."""
    below = [*filter(is_error, [getattr(error, "reason", None), *error.args])]
    return innermost(below[0]) if below else str(error).rpartition(": ")[2]


def is_error(value: object) -> TypeGuard[BaseException]:
    return isinstance(value, BaseException)


def problem(http: requests.Session, url: str) -> str | None:
    """What is wrong, to follow the URL in a sentence."""
    try:
        response = http.get(url, timeout=10)
    except requests.Timeout:
        return "does not answer within 10 seconds"
    except requests.RequestException as error:
        return f"does not answer: {innermost(error)}"
    if response.status_code >= 500:
        return f"answers {response.status_code}"
    return "is no service's" if UNCLAIMED in response.text else None
