"""Whether clients speak to databases as these want it: TLS, and retried writes.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from deploy.ecs.evaluator.symbols import Value
from deploy.ecs.graph import Container, Database, Graph, TaskDefinition
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.preflight.databases.used import used_by
from deploy.ecs.preflight.finding import Finding, error, warning

WITHOUT_TLS = {"disable"}  # allow and prefer take it where the server wants it
FORCED_FROM = 15  # PostgreSQL's version, where no parameter group says otherwise
RETRIES_FROM = (8, 0, 2)  # DocumentDB's version
OFF = {"disabled", "0", "false", "off"}
# By an option, whose URL it is without the rest.
SCHEMES = {"replicaset": "mongodb", "retrywrites": "mongodb", "sslmode": "postgresql"}


@dataclass(frozen=True)
class Url:
    container: Container
    variable: str
    scheme: str
    options: dict[str, str]  # by lower-case name
    complete: bool  # not, where a symbol or another variable may hold more of them
    is_whole: bool = True  # not, where a program puts it together of variables

    def says(self, *names: str) -> str | None:
        return next((self.options[each] for each in names if each in self.options), None)


def urls(definition: TaskDefinition) -> Iterator[Url]:
    for container in definition.containers:
        for name, value in container.environment.items():
            found = _url(container, name, value)
            if found:
                yield found


def _url(container: Container, name: str, value: Value) -> Url | None:
    parts = parts_of(value)
    if not parts:
        return None
    written = "".join(each if isinstance(each, str) else "\0" for each in parts)
    scheme, sign, rest = written.partition("://")
    path, _, query = rest.partition("?") if sign else ("", "", written.lstrip("?&"))
    options = {key.lower(): value.lower() for key, value in parse_qsl(query)}
    if not sign:
        found = next((SCHEMES[each] for each in options if each in SCHEMES), None)
        return Url(container, name, found, options, False, is_whole=False) if found else None
    is_open = "\0" in query or path.endswith("\0")
    return Url(container, name, scheme.lower(), options, not is_open)


def _pairs(graph: Graph, kind: str, schemes: tuple[str, ...]) -> Iterator[tuple[Url, Database]]:
    """URLs of that kind, with the one database of that kind that their task uses."""
    for definition in graph.all(TaskDefinition):
        found = [each for each in used_by(definition) if kind in (each.engine or "")]
        for each in urls(definition):
            if len(found) == 1 and each.scheme.startswith(schemes):
                yield each, found[0]


def postgresql_wants_tls(graph: Graph) -> Iterator[Finding]:
    for url, database in _pairs(graph, "postgres", ("postgres",)):
        mode = url.says("sslmode")
        if mode in WITHOUT_TLS and _forces_tls(database):
            yield error(
                "D02",
                url.container,
                "Environment",
                why=(
                    f"{url.variable} says sslmode={mode}.",
                    f"{database.resource.logical_id} takes connections with TLS only "
                    "(rds.force_ssl).",
                ),
                message="FATAL: no pg_hba.conf entry for host, no encryption",
                cure="Say sslmode=verify-full, with AWS's certificate authorities.",
            )


def _forces_tls(database: Database) -> bool:
    said = database.parameters.get("rds.force_ssl")
    if said is not None:
        return str(said) == "1"
    major = (database.version or "").partition(".")[0]
    group_is_known = database.parameter_group is None or database.parameter_group.node is not None
    return major.isdigit() and int(major) >= FORCED_FROM and group_is_known


def documentdb_agrees_on_tls(graph: Graph) -> Iterator[Finding]:
    for url, database in _pairs(graph, "docdb", ("mongodb",)):
        said, wanted = url.says("tls", "ssl"), _tls_of(database)
        uses = None if said is None and not url.complete else said == "true"
        if uses is None or wanted is None or uses is wanted:
            continue
        yield error(
            "D04",
            url.container,
            "Environment",
            why=(
                f"{url.variable} {'asks for' if uses else 'does not ask for'} TLS.",
                f"{database.resource.logical_id} {'wants' if wanted else 'has no'} TLS"
                f"{'' if database.parameters.get('tls') else ', as it is unless told otherwise'}.",
            ),
            message="pymongo.errors.ServerSelectionTimeoutError: connection closed",
            cure="Say tls=true in the URL, with AWS's certificate authorities."
            if wanted
            else "Turn tls on in the cluster's parameter group.",
        )


def _tls_of(database: Database) -> bool | None:
    link = database.parameter_group
    if link is not None and link.node is None:
        return None
    said = database.parameters.get("tls")
    if said is None:
        return True
    return str(said).lower() not in OFF if isinstance(said, str | bool) else None


def documentdb_does_not_retry(graph: Graph) -> Iterator[Finding]:
    for url, database in _pairs(graph, "docdb", ("mongodb",)):
        said = url.says("retrywrites")
        if said == "false" or _retries(database) is not False:
            continue
        if said == "true" or _is_left_to_driver(url):
            tell = error if said == "true" else warning
            yield tell(
                "D05",
                url.container,
                "Environment",
                why=(
                    f"{url.variable} "
                    + ("says retryWrites=true." if said else "leaves it to drivers, which do."),
                    f"{database.resource.logical_id} knows no retried writes in version "
                    f"{database.version or 'it has'}.",
                ),
                message="Retryable writes are not supported",
                cure="Add retryWrites=false to the URL.",
            )


def _is_left_to_driver(url: Url) -> bool:
    variables = url.container.environment
    is_said = not url.is_whole and any(
        "RETRY" in f"{name} {value}".upper() for name, value in variables.items()
    )
    return (url.complete or not url.is_whole) and not is_said and not _is_own(url.container)


def _retries(database: Database) -> bool | None:
    version = database.version
    if version is None:
        return False if database.given("EngineVersion") is False else None
    try:
        found = tuple(int(each) for each in version.split("."))
    except ValueError:
        return None
    return found >= RETRIES_FROM


def _is_own(container: Container) -> bool:
    """The shop's settings turn them off by themselves."""
    settings = container.environment.get("DJANGO_SETTINGS_MODULE")
    return isinstance(settings, str) and settings.startswith("ecom.")
