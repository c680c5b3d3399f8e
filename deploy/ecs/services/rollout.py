"""A deployment of a service that CloudFormation does not wait for: the tasks are replaced, and
nothing of the stack changes.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError
from deploy.ecs.services.causes import first_cause
from deploy.ecs.services.watch import ServiceWatch

POLL = 5  # seconds
PATIENCE = 1800  # seconds; the circuit breaker is sooner


@dataclass(frozen=True)
class Rollout:
    watch: ServiceWatch
    clock: Clock

    def restart(self) -> None:
        """Every task is replaced by one that reads settings and secrets anew.

        Raises DeploymentError.
        """
        watch = self.watch
        answer = watch.client.update_service(
            cluster=watch.cluster, service=watch.service, forceNewDeployment=True
        )
        self.wait(primary(answer["service"])["id"])

    def wait(self, deployment: str) -> None:
        """Until the service is steady by `deployment`. Raises DeploymentError."""
        until = self.clock.now().timestamp() + PATIENCE
        self.clock.sleep(POLL)  # until ECS shows what it has begun
        while not self.is_complete(deployment):
            if self.clock.now().timestamp() > until:
                raise first_cause(self.watch.evidence)
            self.clock.sleep(POLL)

    def is_complete(self, deployment: str) -> bool:
        """Raises DeploymentError where it failed or another one has taken its place."""
        self.watch.look()
        service = self.watch.described()
        if service is None or service["status"] != "ACTIVE":
            raise self.gone()
        present = {each["id"]: each for each in service["deployments"]}
        state = present.get(deployment, {}).get("rolloutState", "FAILED")
        if state == "FAILED" or primary(service)["id"] != deployment:
            raise first_cause(self.watch.evidence)
        return bool(state == "COMPLETED")

    def gone(self) -> DeploymentError:
        return DeploymentError(
            f"The service {self.watch.service} was deleted meanwhile.",
            "Deploy it again: python -m deploy.ecs up",
        )


def primary(service: Mapping[str, Any]) -> dict[str, Any]:
    return next(dict(each) for each in service["deployments"] if each["status"] == "PRIMARY")
