"""Whether generated passwords may stand where they are put."""

from collections.abc import Iterator

from deploy.ecs.graph import Container, Database, Graph, Secret, TaskDefinition
from deploy.ecs.graph.parts import Part
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.preflight.finding import Finding, error, warning

RESOLVE = "{{resolve:secretsmanager:"
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
REFUSED_BY_RDS = '/@"'
OF_URLS = "@/:%"


def rds_takes_them(graph: Graph) -> Iterator[Finding]:
    for database in graph.all(Database):
        for secret in _resolved(database, database.value("MasterUserPassword")):
            wrong = _possible(secret, REFUSED_BY_RDS)
            if wrong:
                yield error(
                    "K09",
                    secret,
                    "GenerateSecretString",
                    why=(
                        f"{database.resource.logical_id} takes its master password from "
                        f"{secret.resource.logical_id}.",
                        f"A generated one may hold {wrong}.",
                    ),
                    message="The parameter MasterUserPassword is not a valid password. Only "
                    "printable ASCII characters besides '/', '@', '\"', ' ' may be used.",
                    cure="Set ExcludePunctuation, or ManageMasterUserPassword in the database.",
                )


def urls_take_them(graph: Graph) -> Iterator[Finding]:
    for definition in graph.all(TaskDefinition):
        for container in definition.containers:
            yield from _in_environment(container)


def _in_environment(container: Container) -> Iterator[Finding]:
    for name, value in container.environment.items():
        written = "".join(each for each in parts_of(value) or () if isinstance(each, str))
        if "://" not in written:
            continue
        for secret in _resolved(container, value):
            wrong = _possible(secret, OF_URLS)
            if wrong:
                yield warning(
                    "K09",
                    secret,
                    "GenerateSecretString",
                    why=(
                        f"{name} of {container.container_name} is a URL with a password of "
                        f"{secret.resource.logical_id} in it.",
                        f"A generated one may hold {wrong}, which mean something in a URL.",
                    ),
                    message="The URL is read wrongly: another host, or a failed sign-in.",
                    cure="Set ExcludePunctuation, or percent-encode it where it is used.",
                )


def _resolved(part: Part, value: object) -> tuple[Secret, ...]:
    pieces = parts_of(value) or ()
    if not any(isinstance(each, str) and RESOLVE in each for each in pieces):
        return ()
    found = part.graph.mentioned(value, Secret)
    names = [each for each in part.graph.all(Secret) if isinstance(each.name, str)]
    by_name = (
        each
        for each in names
        if any(isinstance(one, str) and f"{RESOLVE}{each.name}:" in one for one in pieces)
    )
    return tuple(dict.fromkeys((*found, *by_name)))


def _possible(secret: Secret, refused: str) -> str:
    """Of these characters, those that a generated value may have."""
    if secret.given("GenerateSecretString") is not True:
        return ""
    if secret.flag("GenerateSecretString", "ExcludePunctuation", default=False) is not False:
        return ""
    excluded = secret.excluded_characters
    return "" if excluded is None else "".join(each for each in refused if each not in excluded)
