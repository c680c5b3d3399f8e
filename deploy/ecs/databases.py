"""A service's database from this machine, through the bastion."""

from dataclasses import dataclass

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.deployed import Deployed
from deploy.ecs.secrets import ServiceSecrets
from deploy.ecs.tunnel.bastion import Bastion, Say
from deploy.ecs.tunnel.database import Database
from deploy.ecs.tunnel.migrate import Service
from deploy.ecs.tunnel.tunnel import Tunnel


@dataclass(frozen=True)
class ServiceDatabase:
    aws: AWS
    clock: Clock
    deployed: Deployed
    service: str

    def tunnel(self, say: Say, port: int = 0) -> Tunnel:
        """Raises DeploymentError."""
        parts = self.deployed.parts
        outputs = self.deployed.outputs.get("bastion") or None
        bastion = Bastion.of_outputs(parts.stack_name("bastion"), outputs)
        return Tunnel(bastion, self.database, self.aws.session, self.clock, say, port)

    @property
    def database(self) -> Database:
        parts = self.deployed.parts
        kind = parts.deployment.services[self.service].database
        if not parts.existing(kind):
            self.deployed.of("data")
        found = parts.database(kind, self.deployed.outputs)
        return Database(kind, str(found.host), int(str(found.port)), self.service)

    @property
    def migrating(self) -> Service:
        """The service as the owner of its tables."""
        secrets = self.secrets
        return Service(
            self.service,
            self.deployed.parts.settings_module(self.service),
            self.deployed.of("cluster")["BaseUrl"],
            secrets.names["service"],
            secrets.owner,
        )

    @property
    def secrets(self) -> ServiceSecrets:
        return ServiceSecrets(self.aws, self.deployed.parts, self.service)
