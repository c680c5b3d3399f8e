"""The settings of one environment. What values the templates take is the templates' to say."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=20)]
Setting = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*_URL$")]
Path = Annotated[str, StringConstraints(pattern=r"^/")]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Task(Model):
    """The size of a task: processor shares (1024 are one) and MiB."""

    cpu: int = 256
    memory: int = 512


class Service(Model):
    """One of the services that the image can be. Its name is its key in deployment.toml."""

    settings: str = ""  # the settings module; by default ecom.settings.NAME
    command: list[str] = []  # by default NAME
    database: Literal["postgresql", "documentdb"] = "postgresql"
    paths: Annotated[list[Path], Field(min_length=1, max_length=10)]
    peers: Annotated[dict[Setting, Name], Field(max_length=1)] = {}
    health_check: Path = "/health"
    task: Task | None = None  # by default the environment's
    workers: int = 1
    min_tasks: int = 1
    max_tasks: int | None = None  # by default min_tasks
    daily: list[str] = []
    frequent: list[str] = []


class Instances(Model):
    min: int = 1
    max: int = 3


class Network(Model):
    """A network that exists, and is not made."""

    vpc: str
    cidr: str
    public_subnets: Annotated[list[str], Field(min_length=2)]
    private_subnets: Annotated[list[str], Field(min_length=2)]


class ExistingDatabase(Model):
    host: str
    security_group: str
    master_secret: str = ""  # an ARN; without one, databases and roles are the operator's to make


class PostgreSQL(Model):
    """Of Amazon RDS. `version` None is the template's."""

    existing: ExistingDatabase | None = None
    instance_class: str = "db.t4g.micro"
    version: str | None = None
    storage: int = 20  # GiB
    max_storage: int = 100
    multi_az: bool = False
    backup_days: int = 7


class DocumentDB(Model):
    existing: ExistingDatabase | None = None
    instance_class: str = "db.t4g.medium"
    instances: int = 1


class Deployment(Model):
    project: Name = "little-ecom"
    environment: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*$", max_length=12)]
    preset: Literal["free-tier", "private", "fargate"]
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    account: Annotated[str, StringConstraints(pattern=r"^\d{12}$")] | None = None

    launch: Literal["fargate", "ec2"]
    network_mode: Literal["awsvpc", "bridge", "host"]
    tasks_in: Literal["public", "private"]
    egress: Literal["none", "endpoints", "nat"]
    both_zones: bool = False  # whether NAT gateways or endpoints are in both
    instance_type: str = "t3.micro"
    instances: Instances = Instances()
    cidr: str = "10.0.0.0/16"
    zones: list[str] = []
    network: Network | None = None

    domain: str = ""
    hosted_zone: str = ""
    certificate: str = ""
    allow_http: bool = False

    postgresql: PostgreSQL = PostgreSQL()
    documentdb: DocumentDB = DocumentDB()
    task: Task = Task()
    services: Annotated[dict[Name, Service], Field(min_length=1)]

    bastion: bool = False
    exec: bool = False
    protect: bool = True  # databases and load balancer against deletion
    alarm_email: str = ""
    log_days: int = 30
    mail_port: int | None = None
    kms_key: str = ""
    permissions_boundary: str = ""  # of all roles that are made: an ARN, such as github.yaml's

    @model_validator(mode="after")
    def peers_exist(self) -> "Deployment":
        for name, service in self.services.items():
            for setting, peer in service.peers.items():
                if peer not in self.services or peer == name:
                    others = ", ".join(each for each in self.services if each != name) or "none"
                    raise ValueError(
                        f"services.{name}.peers: {setting} names {peer!r}, which is no other "
                        f"service here (there are: {others})"
                    )
        return self

    @model_validator(mode="after")
    def paths_have_one_service(self) -> "Deployment":
        owners: dict[str, str] = {}
        for name, service in self.services.items():
            for path in service.paths:
                if owners.setdefault(path, name) != name:
                    raise ValueError(f"{path} is a path of {owners[path]} and of {name}")
        return self

    @property
    def uses_documentdb(self) -> bool:
        return any(each.database == "documentdb" for each in self.services.values())
