"""Whether AWS still has the versions that are asked for. As of November 2026.

https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
https://docs.aws.amazon.com/documentdb/latest/developerguide/release-notes.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-linux-fargate.html
"""

from collections.abc import Iterator

from deploy.ecs.evaluator.symbols import Parameter
from deploy.ecs.graph import AutoScalingGroup, Database, Graph, Service
from deploy.ecs.preflight.finding import Finding, error, warning

GONE = {
    "postgres": ("9.", "10"),
    "mysql": ("5.5", "5.6"),
    "aurora-mysql": ("5.6",),
    "mariadb": ("10.0", "10.1", "10.2", "10.3", "10.4"),
}
# Extended support, at a price of its own.
EXTENDED = {
    "postgres": ("11", "12", "13"),
    "aurora-postgresql": ("11", "12", "13"),
    "mysql": ("5.7",),
    "aurora-mysql": ("5.7",),
    "docdb": ("3.6",),
}
PLATFORMS = ("1.0.0", "1.1.0", "1.2.0", "1.3.0")
FIRST_LINUX = "/ecs/optimized-ami/amazon-linux/"


def engines_are_supported(graph: Graph) -> Iterator[Finding]:
    for database in graph.all(Database):
        engine, version = database.engine, database.version
        if engine is None or version is None or database.cluster:
            continue
        for table, tell, text in (
            (GONE, error, "AWS has retired it."),
            (EXTENDED, warning, "Its standard support has ended; each hour of it costs extra."),
        ):
            if _is_in(version, table.get(engine, ())):
                yield tell(
                    "X09",
                    database,
                    "EngineVersion",
                    why=(f"{database.resource.logical_id} is {engine} {version}.", text),
                    message=f"Cannot find version {version} for {engine}",
                    cure="Take a version that is supported.",
                )


def _is_in(version: str, table: tuple[str, ...]) -> bool:
    return any(version == each or version.startswith(f"{each.rstrip('.')}.") for each in table)


def platforms_are_offered(graph: Graph) -> Iterator[Finding]:
    for service in graph.all(Service):
        version = service.text("PlatformVersion")
        if version in PLATFORMS:
            yield error(
                "X09",
                service,
                "PlatformVersion",
                why=(f"Fargate's platform {version} is retired.",),
                message="PlatformUnknownException: The specified platform version doesn't exist.",
                cure="Leave it out, or set 1.4.0 or LATEST.",
            )


def images_are_maintained(graph: Graph) -> Iterator[Finding]:
    for group in graph.all(AutoScalingGroup):
        machine = group.machine
        image = machine.image if machine else None
        path = image.stored_at if isinstance(image, Parameter) else image
        if machine and isinstance(path, str) and FIRST_LINUX in path:
            yield error(
                "X09",
                machine,
                "ImageId",
                why=("The image is of Amazon Linux 1, which got its last update in 2023.",),
                message="The parameter is not found, or the agent is too old.",
                cure="Take /aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id.",
            )
