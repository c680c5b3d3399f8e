"""Whether images are in the registry, for the processor that will run them."""

from collections.abc import Iterator
from dataclasses import dataclass

from deploy.ecs.graph import Container, Graph, Image, TaskDefinition, instance_type
from deploy.ecs.graph.storage import Repository
from deploy.ecs.preflight.finding import Finding, error, warning
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.subjects import containers, may_be_made
from deploy.ecs.preflight.permissions.subjects import launched_by, needs_fargate

CACHE_RULE = "AWS::ECR::PullThroughCacheRule"  # by which ECR makes repositories

PLATFORMS = {"X86_64": "amd64", "ARM64": "arm64"}


@dataclass(frozen=True)
class Pushed:
    """Where an image should be."""

    repository: str
    id: dict[str, str]

    @classmethod
    def of(cls, image: Image | None, account: Account) -> "Pushed | None":
        """None where it is not known, or not in this account's registry, or these stacks make the
        repository."""
        if image is None or image.kind != "ecr" or image.node is not None:
            return None
        is_own = image.account == account.id and image.region == account.region
        name, tag, digest = image.repository, image.tag, image.digest
        if not is_own or not isinstance(name, str):
            return None
        if isinstance(digest, str):
            return cls(name, {"imageDigest": digest})
        return cls(name, {"imageTag": tag}) if isinstance(tag, str) else None

    @property
    def label(self) -> str:
        return next(iter(self.id.values()))


def _images(graph: Graph, account: Account) -> Iterator[tuple[TaskDefinition, Container, Pushed]]:
    for definition, container in containers(graph):
        pushed = Pushed.of(container.image, account)
        if pushed:
            yield definition, container, pushed


def are_pushed(graph: Graph, account: Account) -> Iterator[Finding]:
    for _, container, pushed in _images(graph, account):
        found = account.image(pushed.repository, pushed.id)
        if found is None or found.get("imageDetails") or may_be_made(graph, Repository):
            continue
        prefixes = account.cached_prefixes
        if any(_is_below(pushed.repository, each) for each in prefixes or ()):
            continue
        if any(each.resource.type == CACHE_RULE for each in graph.nodes):
            continue
        has_repository = account.repository(pushed.repository)
        lacking = (
            f"The repository {pushed.repository} has no image {pushed.label}."
            if has_repository
            else f"{account.region} has no repository {pushed.repository}."
        )
        tell = warning if prefixes is None else error
        yield tell(
            "I01",
            container,
            "Image",
            why=(
                f"{container.container_name} runs {container.text('Image')}.",
                lacking if has_repository is not None else "The registry does not have it.",
            ),
            message=f"CannotPullContainerError: failed to resolve ref {container.text('Image')}: "
            "not found",
            cure="Push it before the service starts, or name one that is there.",
        )


def _is_below(repository: str, prefix: str) -> bool:
    """A pull-through cache fetches what it has not."""
    return prefix == "ROOT" or repository.startswith(f"{prefix}/")


def fit_processors(graph: Graph, account: Account) -> Iterator[Finding]:
    for definition, container, pushed in _images(graph, account):
        is_linux = definition.operating_system == "LINUX"
        wanted = PLATFORMS.get(_processor(definition) or "") if is_linux else None
        there = account.architectures(pushed.repository, pushed.id) if wanted else None
        if there is None or wanted in there:
            continue
        yield error(
            "I07",
            container,
            "Image",
            why=(
                f"{container.container_name} runs on {wanted}.",
                f"The registry has {pushed.repository} {pushed.label} for "
                f"{', '.join(sorted(there))}.",
            ),
            message="CannotPullContainerError: pull image manifest has been retried 7 time(s): "
            f"image Manifest does not contain descriptor matching platform 'linux/{wanted}'",
            cure=f"Build it for linux/{wanted} too, or set RuntimePlatform to what it is for.",
        )


def _processor(definition: TaskDefinition) -> str | None:
    if definition.given("RuntimePlatform") is not False or needs_fargate(definition):
        return definition.architecture
    groups = [group for each in launched_by(definition) for group in each.instance_groups]
    kinds = [instance_type(name) for each in groups for name in each.instance_types]
    found = {each.architecture if each else None for each in kinds}
    return found.pop() if len(found) == 1 else None
