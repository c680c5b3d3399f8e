"""What is to be said while CloudFormation waits for a certificate: it does so for 12 hours, and in
silence, where the hosted zone is not the one that the world asks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deploy.ecs.clock import Clock
from deploy.ecs.configuration import Deployment

USUAL = timedelta(minutes=15)  # load balancer, instances and certificate


@dataclass
class CertificateWait:
    """To be called at each look, while the cluster's stack is made."""

    deployment: Deployment
    clock: Clock
    warn: Callable[[str], None]
    since: datetime = field(init=False)
    is_said: bool = False

    def __post_init__(self) -> None:
        self.since = self.clock.now()

    def __call__(self) -> None:
        wanted = self.deployment
        if self.is_said or not wanted.hosted_zone or wanted.certificate:
            return
        if self.clock.now() - self.since > USUAL:
            self.is_said = True
            self.warn(
                f"This takes long. The certificate of {wanted.domain} comes only where the world "
                f"asks the zone {wanted.hosted_zone}: compare its name servers with those that "
                "the domain's registrar has. To give up: Ctrl-C, and python -m deploy.ecs down."
            )
