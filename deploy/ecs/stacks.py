"""Which stacks a deployment consists of, and with which parameters.

What a stack is told comes from deployment.toml and from the outputs of those before it. Before
these exist it may be a symbol of the evaluator; after, it is text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.ecs.configuration import Deployment
from deploy.ecs.configuration.model import ExistingDatabase
from deploy.ecs.evaluator.symbols import Text, Value
from deploy.ecs.evaluator.values import joined

TEMPLATES = Path(__file__).parent / "templates"
PORTS = {"postgresql": 5432, "documentdb": 27017}
PORT = 8000
Parameters = dict[str, Value]
Outputs = Mapping[str, Mapping[str, Value]]  # of the stacks before, by part


@dataclass(frozen=True)
class Part:
    """A stack: what it is called among those of its deployment, such as network."""

    name: str
    template: Path | None  # None: the one that it has
    parameters: Parameters


@dataclass(frozen=True)
class Secrets:
    """ARNs. `master` is None where databases and roles are made by hand."""

    service: Value
    user: Value
    owner: Value
    master: Value | None


@dataclass(frozen=True)
class Database:
    host: Value
    port: Value
    security_group: Value

    def url(self, kind: str, name: str) -> Value:
        if kind == "postgresql":
            return joined(["postgresql://", self.host, ":", self.port, f"/{name}"])
        return joined(["mongodb://", self.host, ":", self.port, f"/{name}?tls=true&replicaSet=rs0"])


def yes(value: bool) -> str:
    return "yes" if value else "no"


def present(parameters: Mapping[str, Value]) -> Parameters:
    """Without those that are None, for which the templates have defaults."""
    return {key: value for key, value in parameters.items() if value is not None}


class Parts:
    def __init__(self, deployment: Deployment, templates: Path = TEMPLATES) -> None:
        self.deployment = deployment
        self.templates = templates

    @property
    def is_awsvpc(self) -> bool:
        return self.deployment.network_mode == "awsvpc"

    @property
    def is_public(self) -> bool:
        return self.deployment.tasks_in == "public"

    @property
    def has_internal_load_balancer(self) -> bool:
        return not self.is_awsvpc and not self.is_public

    def stack_name(self, part: str) -> str:
        return f"{self.deployment.project}-{self.deployment.environment}-{part}"

    @property
    def tags(self) -> dict[str, str]:
        """Of everything that is made; parameters of every template too."""
        return {"Project": self.deployment.project, "Environment": self.deployment.environment}

    def part(self, name: str, template: str, parameters: Mapping[str, Value]) -> Part:
        path = self.templates / f"{template}.yaml"
        return Part(name, path, self.tags | present(parameters))

    @property
    def warnings(self) -> list[str]:
        """What every plan repeats."""
        wanted = self.deployment
        said = {
            "allow_http: passwords and tokens cross the internet in clear; for a trial only.": (
                wanted.allow_http and not wanted.domain
            ),
            "exec: the tasks' root file systems are writable as long as it is on.": wanted.exec,
            "protect is off: databases and load balancer can be deleted.": not wanted.protect,
        }
        return [text for text, holds in said.items() if holds]

    @property
    def names(self) -> list[str]:
        """Of all parts that are wanted, in their order."""
        wanted = self.deployment
        own = {
            "network": wanted.network is None,
            "data": not self.existing("postgresql")
            or (wanted.uses_documentdb and not self.existing("documentdb")),
            "bastion": wanted.bastion,
        }
        parts = ["registry", "network", "data", "cluster", "bastion"]
        parts = [each for each in parts if own.get(each, True)]
        return [*parts, *(f"{each}-tasks" for each in wanted.services), *wanted.services]

    # The stacks, in their order.

    def registry(self) -> Part:
        return self.part("registry", "registry", {})

    def network(self) -> Part | None:
        wanted = self.deployment
        if wanted.network:
            return None
        zones = "both" if wanted.both_zones else "one"
        return self.part(
            "network",
            "network",
            {
                "VpcCidr": wanted.cidr,
                "Zones": ",".join(wanted.zones),
                "Egress": wanted.egress,
                "NatZones": zones,
                "EndpointZones": zones,
                "Launch": wanted.launch,
                "Exec": yes(wanted.exec),
            },
        )

    def data(self, outputs: Outputs, protected: bool | None = None) -> Part | None:
        """`protected` None is as deployment.toml says."""
        wanted, postgresql, documentdb = (
            self.deployment,
            self.deployment.postgresql,
            self.deployment.documentdb,
        )
        if postgresql.existing and (documentdb.existing or not wanted.uses_documentdb):
            return None
        network = self.network_outputs(outputs)
        protect = wanted.protect if protected is None else protected
        return self.part(
            "data",
            "data",
            {
                "VpcId": network["VpcId"],
                "Subnets": network["PrivateSubnets"],
                "PostgreSQLClass": postgresql.instance_class,
                "PostgreSQLVersion": postgresql.version,
                "PostgreSQLStorage": str(postgresql.storage),
                "PostgreSQLMaxStorage": str(postgresql.max_storage),
                "MultiAZ": yes(postgresql.multi_az),
                "BackupDays": str(postgresql.backup_days),
                "DocumentDB": yes(wanted.uses_documentdb and not documentdb.existing),
                "DocumentDBClass": documentdb.instance_class,
                "DocumentDBInstances": str(documentdb.instances),
                "DeletionProtection": yes(protect),
                "LogDays": str(wanted.log_days),
            },
        )

    def cluster(self, outputs: Outputs, protected: bool | None = None) -> Part:
        """`protected` None is as deployment.toml says."""
        wanted, network = self.deployment, self.network_outputs(outputs)
        protect = wanted.protect if protected is None else protected
        groups: dict[str, Value] = {}
        if not self.is_awsvpc:
            kinds = {each.database for each in wanted.services.values()}
            names = {
                "postgresql": "PostgreSQLSecurityGroup",
                "documentdb": "DocumentDBSecurityGroup",
            }
            groups = {names[kind]: self.database(kind, outputs).security_group for kind in kinds}
        return self.part(
            "cluster",
            "cluster",
            {
                "VpcId": network["VpcId"],
                "PublicSubnets": network["PublicSubnets"],
                "TaskSubnets": self.task_subnets(outputs),
                "TasksInPublicSubnets": yes(self.is_public),
                "Launch": wanted.launch,
                "NetworkMode": wanted.network_mode,
                "InstanceType": wanted.instance_type,
                "InstanceMin": str(wanted.instances.min),
                "InstanceMax": str(wanted.instances.max),
                **groups,
                "MailPort": self.mail_port,
                "DomainName": wanted.domain,
                "HostedZoneId": wanted.hosted_zone,
                "CertificateArn": wanted.certificate,
                "AllowHttp": yes(wanted.allow_http),
                "DeletionProtection": yes(protect),
                "LogDays": str(wanted.log_days),
                "AlarmEmail": wanted.alarm_email,
                "PermissionsBoundary": wanted.permissions_boundary,
            },
        )

    def bastion(self, outputs: Outputs) -> Part | None:
        """In a public subnet, where it costs least; nobody can call it there either."""
        if not self.deployment.bastion:
            return None
        network, postgresql = self.network_outputs(outputs), self.database("postgresql", outputs)
        documentdb = (
            self.database("documentdb", outputs) if self.deployment.uses_documentdb else None
        )
        return self.part(
            "bastion",
            "bastion",
            {
                "VpcId": network["VpcId"],
                "VpcCidr": network["VpcCidr"],
                "Subnet": first(network["PublicSubnets"]),
                "Egress": "address",
                "PermissionsBoundary": self.deployment.permissions_boundary,
                "PostgreSQLHost": postgresql.host,
                "PostgreSQLSecurityGroup": postgresql.security_group,
                "DocumentDBHost": documentdb.host if documentdb else None,
                "DocumentDBSecurityGroup": documentdb.security_group if documentdb else None,
            },
        )

    def tasks(self, name: str, outputs: Outputs, image: Value, secrets: Secrets) -> Part:
        given = {
            "DatabaseEngine": self.deployment.services[name].database,
            "DatabaseSecretArn": secrets.user,
            "MigrationDatabaseSecretArn": secrets.owner,
            "MasterSecretArn": secrets.master,
        }
        shared = self.of_service(name, outputs, image, secrets)
        return self.part(f"{name}-tasks", "tasks", shared | given)

    def service(
        self,
        name: str,
        outputs: Outputs,
        image: Value,
        secrets: Secrets,
        *,
        keep_count: bool = False,
    ) -> Part:
        """`keep_count` leaves the number of tasks to auto scaling, which only a service that
        exists can have."""
        wanted, service, cluster = (
            self.deployment,
            self.deployment.services[name],
            outputs["cluster"],
        )
        most = service.max_tasks or service.min_tasks
        [(peer_setting, peer)] = service.peers.items() or [("", "")]
        daily, frequent = ",".join(service.daily), ",".join(service.frequent)
        scales = most != service.min_tasks
        given = {
            "Command": ",".join(service.command or [name]),
            "InstanceMax": str(wanted.instances.max),
            "Cluster": cluster["Cluster"],
            "CapacityProvider": cluster["CapacityProvider"],
            "Subnets": self.task_subnets(outputs),
            "WebConcurrency": str(service.workers),
            "MinTasks": str(service.min_tasks),
            "MaxTasks": str(most),
            "DesiredCount": "keep" if keep_count and scales else "min",
            "ContainerPort": str(self.port(name)),
            "ListenerArn": cluster["ListenerArn"],
            "LoadBalancer": cluster["LoadBalancer"],
            "Priority": str(self.priority(name)),
            "PathPatterns": ",".join(service.paths[:5]),
            "MorePathPatterns": ",".join(service.paths[5:]),
            "HealthCheckPath": service.health_check,
            "AllowedHosts": self.allowed_hosts(name, cluster),
            "PeerName": peer_setting,
            "PeerUrl": self.peer_url(peer, cluster) if peer else "",
            "NamespaceId": cluster.get("NamespaceId"),
            "InternalListenerArn": cluster.get("InternalListenerArn"),
            "LoadBalancerSecurityGroup": cluster["LoadBalancerSecurityGroup"],
            "PeerSecurityGroup": cluster.get("PeerSecurityGroup"),
            "InstanceSecurityGroup": None if self.is_awsvpc else cluster["InstanceSecurityGroup"],
            "InternalSecurityGroup": cluster.get("InternalSecurityGroup"),
            "MailPort": self.mail_port,
            "DatabaseSecretArn": secrets.user,
            "ExecuteCommand": yes(wanted.exec),
            "DailyCommand": daily,
            "FrequentCommand": frequent,
            "AlarmTopicArn": cluster["AlarmTopic"],
        }
        return self.part(name, "service", self.of_service(name, outputs, image, secrets) | given)

    # What they have in common.

    def of_service(self, name: str, outputs: Outputs, image: Value, secrets: Secrets) -> Parameters:
        wanted, service, cluster = (
            self.deployment,
            self.deployment.services[name],
            outputs["cluster"],
        )
        task = service.task or wanted.task
        database = self.database(service.database, outputs)
        return {
            "Service": name,
            "Image": image,
            "RepositoryArn": outputs["registry"]["RepositoryArn"],
            "SettingsModule": self.settings_module(name),
            "Launch": wanted.launch,
            "NetworkMode": wanted.network_mode,
            "InstanceType": wanted.instance_type,
            "VpcId": self.network_outputs(outputs)["VpcId"],
            "TasksInPublicSubnets": yes(self.is_public),
            "Cpu": str(task.cpu),
            "Memory": str(task.memory),
            "BaseUrl": cluster["BaseUrl"],
            "DatabaseUrl": database.url(service.database, name),
            "DatabaseSecurityGroup": database.security_group if self.is_awsvpc else None,
            "DatabasePort": database.port,
            "ServiceSecretArn": secrets.service,
            "KmsKeyArn": wanted.kms_key,
            "PermissionsBoundary": wanted.permissions_boundary,
            "LogGroup": cluster["LogGroup"],
        }

    def network_outputs(self, outputs: Outputs) -> Mapping[str, Value]:
        given = self.deployment.network
        if given is None:
            return outputs["network"]
        return {
            "VpcId": given.vpc,
            "VpcCidr": given.cidr,
            "PublicSubnets": ",".join(given.public_subnets),
            "PrivateSubnets": ",".join(given.private_subnets),
        }

    def task_subnets(self, outputs: Outputs) -> Value:
        network = self.network_outputs(outputs)
        return network["PublicSubnets" if self.is_public else "PrivateSubnets"]

    def database(self, kind: str, outputs: Outputs) -> Database:
        if existing := self.existing(kind):
            return Database(existing.host, str(PORTS[kind]), existing.security_group)
        name, data = {"postgresql": "PostgreSQL", "documentdb": "DocumentDB"}[kind], outputs["data"]
        return Database(data[f"{name}Host"], data[f"{name}Port"], data[f"{name}SecurityGroup"])

    def existing(self, kind: str) -> ExistingDatabase | None:
        wanted = self.deployment
        return wanted.postgresql.existing if kind == "postgresql" else wanted.documentdb.existing

    @property
    def mail_port(self) -> str:
        return str(self.deployment.mail_port or "none")

    def settings_module(self, name: str) -> str:
        return self.deployment.services[name].settings or f"ecom.settings.{name}"

    def priority(self, name: str) -> int:
        return (list(self.deployment.services).index(name) + 1) * 10

    def port(self, name: str) -> int:
        """With host every service has another one of the instance's."""
        if self.deployment.network_mode != "host":
            return PORT
        return PORT + list(self.deployment.services).index(name)

    def allowed_hosts(self, name: str, cluster: Mapping[str, Value]) -> Value:
        if self.is_awsvpc:
            return joined([cluster["HostName"], f",{name}.", cluster["NamespaceName"]])
        if self.has_internal_load_balancer:
            return joined([cluster["HostName"], ",", without_scheme(cluster["InternalUrl"])])
        return cluster["HostName"]

    def peer_url(self, peer: str, cluster: Mapping[str, Value]) -> Value:
        if self.is_awsvpc:
            return joined([f"http://{peer}.", cluster["NamespaceName"], f":{self.port(peer)}"])
        return cluster["InternalUrl" if self.has_internal_load_balancer else "BaseUrl"]


def first(subnets: Value) -> Value:
    """Of a list as CloudFormation's outputs have it, with commas."""
    if isinstance(subnets, Text):
        return subnets.parts[0]
    return subnets.split(",")[0] if isinstance(subnets, str) else subnets


def without_scheme(url: Value) -> Value:
    if isinstance(url, Text):
        return joined([str(url.parts[0]).removeprefix("http://"), *url.parts[1:]])
    return url.removeprefix("http://") if isinstance(url, str) else url
