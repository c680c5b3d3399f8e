"""Which service is deployed before which: a load balancer has one rule for each priority, so that
a service which moves to another's place has to wait until that is free."""

from collections.abc import Mapping

from deploy.ecs.errors import DeploymentError


def in_order(wanted: Mapping[str, str], present: Mapping[str, str]) -> list[str]:
    """By their priorities as wanted and as deployed, otherwise as they come. Raises
    DeploymentError where they exchange places."""
    taken, waiting, found = dict(present), list(wanted), list[str]()
    while waiting:
        free = [each for each in waiting if not holders(each, wanted[each], taken)]
        if not free:
            raise exchanged(waiting)
        name = free[0]
        taken[name] = wanted[name]
        waiting.remove(name)
        found.append(name)
    return found


def holders(name: str, priority: str, taken: Mapping[str, str]) -> list[str]:
    return [other for other, each in taken.items() if each == priority and other != name]


def exchanged(names: list[str]) -> DeploymentError:
    return DeploymentError(
        f"{' and '.join(names)} exchange their places in deployment.toml, and with them the order "
        "in which the load balancer asks for their paths: neither place is free for the other.",
        "Declare them in the former order.",
    )
