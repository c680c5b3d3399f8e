"""I07: an image for another processor than the task's."""

from collections.abc import Iterator

from deploy.ecs.preflight.application.dockerfile import Dockerfile
from deploy.ecs.preflight.application.subjects import Subject
from deploy.ecs.preflight.application.told import Spot
from deploy.ecs.preflight.finding import Finding, Severity

ARCHITECTURES = {"amd64": "X86_64", "x86_64": "X86_64", "arm64": "ARM64", "aarch64": "ARM64"}


def platform(subject: Subject, dockerfile: Dockerfile) -> Iterator[Finding]:
    link = subject.service.task_definition
    definition = link.node if link else None
    if dockerfile.platform is None or definition is None:
        return
    written, origin = dockerfile.platform
    built = ARCHITECTURES.get(written.split("/")[1] if "/" in written else written)
    is_said = definition.given("RuntimePlatform", "CpuArchitecture")
    # On instances it is theirs that counts where nothing is said.
    wanted = definition.architecture if is_said or subject.service.launch == "fargate" else None
    if built is None or wanted is None or built == wanted:
        return
    stated = "" if is_said else ", the default"
    yield Spot(dockerfile.path, origin.line, "FROM").tell(
        Severity.ERROR,
        "I07",
        why=[
            f"The image is built for {written}.",
            f"The task definition {definition.resource.logical_id} runs on {wanted}{stated}.",
        ],
        message="exec format error; the task stops with exit code 1",
        cure=f"Build it for {'linux/amd64' if wanted == 'X86_64' else 'linux/arm64'}, or set "
        f"RuntimePlatform.CpuArchitecture to {built}.",
    )
