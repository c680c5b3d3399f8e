"""Which databases a workload uses, and how that is known."""

import re
from collections.abc import Iterator

from deploy.ecs.graph import Container, Database, Graph
from deploy.ecs.graph.database_uses import databases_in, databases_of
from deploy.ecs.graph.parts import Node
from deploy.ecs.graph.secrets import SecretLike
from deploy.ecs.graph.storage import SsmParameter
from deploy.ecs.preflight.workloads import Workload

KINDS = {
    "docdb": "DocumentDB",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "postgres": "PostgreSQL",
    "aurora-postgresql": "PostgreSQL",
    "aurora-mysql": "MySQL",
}
# Names of variables that are about a database, of whatever kind.
DATABASE = re.compile(
    r"(^|_)(DATABASE|DB|RDS|JDBC|DATASOURCE|POSTGRES(QL)?|PG|MYSQL|MARIADB|MONGO(DB)?"
    r"|DOCUMENTDB|DOCDB)(_|$)|^PG(HOST|USER|PASSWORD|DATABASE)$"
)
HOST = re.compile(
    r"(^|_)(DATABASE|DB|POSTGRES(QL)?|PG|MYSQL|MARIADB|MONGO(DB)?|DOCUMENTDB|DOCDB)_?"
    r"(URL|URI|HOST|HOSTNAME|ENDPOINT|ADDR|ADDRESS|SERVER)$"
)
PROXY = "AWS::RDS::DBProxy"


def uses(workload: Workload) -> dict[Database, str]:
    """With the sentence that says so."""
    found: dict[Database, str] = {}
    for container in _containers(workload):
        for database, sentence in _named(container):
            found.setdefault(database, sentence)
    return found


def _named(container: Container) -> Iterator[tuple[Database, str]]:
    of = f"of its container {container.container_name or 'without a name'}"
    hosts = {
        name: databases_in(container.graph, value) for name, value in container.environment.items()
    }
    for name, databases in hosts.items():
        for each in databases:
            yield each, f"{name} {of} has the host name of {each.resource.logical_id}."
    # With a password one may also go to a pooler or proxy, whose host name is another.
    is_indirect = any(HOST.search(name) and not found for name, found in hosts.items())
    if is_indirect or any(each.resource.type == PROXY for each in container.graph.nodes):
        return
    for variable, secret in _secrets(container):
        found = databases_of(secret)
        if len(found) == 1:
            name = found[0].resource.logical_id
            yield found[0], f"{variable} {of} comes from the secret of {name}."


def _secrets(container: Container) -> Iterator[tuple[str | None, Node]]:
    for name, value in container.environment.items():
        secret = container.graph.find(value, SecretLike)
        if secret is not None:
            yield name, secret
    for each in container.secrets:
        if each.exists is container.exists and isinstance(each.target, SecretLike | SsmParameter):
            yield each.variable, each.target


def hidden_uses(workload: Workload) -> list[str]:
    """Variables that are about a database, and do not tell which."""
    found = []
    for container in _containers(workload):
        found += [
            name
            for name, value in container.environment.items()
            if DATABASE.search(name) and not isinstance(value, str | int | bool)
        ]
        found += [
            each.variable
            for each in container.secrets
            if each.variable and DATABASE.search(each.variable)
        ]
    return found


def _containers(workload: Workload) -> list[Container]:
    definition = workload.definition
    if definition is None:
        return []
    return [each for each in definition.containers if each.exists is definition.exists]


def kind_of(database: Database) -> str | None:
    return KINDS.get(database.engine or "")


def whole_databases(graph: Graph) -> list[Database]:
    """Instances, and clusters instead of their members."""
    return [each for each in graph.all(Database) if each.whole is each]
