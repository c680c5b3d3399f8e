"""Which databases a value or a secret leads to."""

import re
from collections.abc import Iterable, Iterator

from deploy.ecs.evaluator.symbols import Attribute, Reference, Value
from deploy.ecs.graph.databases import Database
from deploy.ecs.graph.graph import HOST, Graph
from deploy.ecs.graph.parts import Node
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.graph.secrets import Attachment, ManagedSecret, Secret
from deploy.ecs.graph.storage import SsmParameter

ENDPOINTS = ("Endpoint", "Endpoint.Address", "ReadEndpoint", "ReadEndpoint.Address")
TEMPLATE = "SecretStringTemplate"
RESOLVED = re.compile(r"\{\{resolve:secretsmanager:([^:{}]+)")


def databases_in(graph: Graph, value: Value) -> tuple[Database, ...]:
    """Those whose host name it has; clusters for their members."""
    found = (_with_host(graph, each) for part in parts_of(value) or () for each in _words(part))
    return _whole(found)


def databases_of(secret: Node) -> tuple[Database, ...]:
    """Those that it has the password or the host name of."""
    graph = secret.graph
    if isinstance(secret, ManagedSecret):
        return _whole([secret.database])
    if isinstance(secret, SsmParameter):
        return databases_in(graph, secret.value("Value"))
    if not isinstance(secret, Secret):
        return ()
    attached = [each for each in graph.all(Attachment) if each.secret]
    targets = [
        each.target.node
        for each in attached
        if each.secret and each.secret.node is secret and each.target
    ]
    passwords = [each for each in graph.all(Database) if secret in _password_from(each)]
    written = [secret.value("SecretString"), secret.value("GenerateSecretString", TEMPLATE)]
    hosts = [each for value in written for each in databases_in(graph, value)]
    return _whole([*targets, *passwords, *hosts])


def _words(part: Value) -> Iterator[Value]:
    if isinstance(part, str):
        yield from (each for each in HOST.findall(part) if "." in each)
    else:
        yield part


def _with_host(graph: Graph, word: Value) -> Node | None:
    """A database's identifier is not its host name."""
    if isinstance(word, Attribute):
        return graph.node(word.stack, word.logical_id) if word.name in ENDPOINTS else None
    return None if isinstance(word, Reference) else graph.find(word, Database)


def _password_from(database: Database) -> list[Node | None]:
    parts = parts_of(database.value("MasterUserPassword")) or ()
    names = [name for part in parts if isinstance(part, str) for name in RESOLVED.findall(part)]
    symbols = [part for part in parts if isinstance(part, Reference)]
    return [database.graph.find(each, Secret) for each in (*symbols, *names)]


def _whole(nodes: Iterable[Node | None]) -> tuple[Database, ...]:
    found = (each.whole for each in nodes if isinstance(each, Database))
    return tuple(dict.fromkeys(found))
