"""Which of curl and wget the base images have, and whether they have a shell.

By their Dockerfiles: Docker's official images, distroless, Amazon's and Red Hat's.
"""

import re

from deploy.ecs.graph import Truth

FULL = {"python", "node", "ruby", "golang", "rust", "perl", "buildpack-deps"}  # on buildpack-deps
BARE = {"debian", "ubuntu", "scratch"}
WITH_CURL = {"amazonlinux", "centos", "rockylinux", "almalinux", "fedora", "ubi8", "ubi9"}


def has(base: str | None, tool: str) -> Truth:
    """None where the image is not one of these."""
    if base is None or is_without_shell(base):
        return None if base is None else False
    name, tag = _name(base)
    if name in {"alpine", "busybox"} or ("alpine" in tag and name in FULL):
        return tool == "wget"  # busybox has it
    if name in BARE or ("slim" in tag and name in FULL):
        return False
    if name in WITH_CURL:
        return tool == "curl"
    return True if name in FULL else None


def is_without_shell(base: str | None) -> bool:
    return base is not None and (base == "scratch" or "distroless/" in base)


def _name(base: str) -> tuple[str, str]:
    path = base.partition("@")[0]
    last = path.rpartition("/")[2]
    name, _, tag = last.partition(":")
    is_official = re.fullmatch(
        r"(docker\.io/)?(library/)?[^/]+|public\.ecr\.aws/(docker/library|amazonlinux)/[^/]+", path
    )
    return (name if is_official or name.startswith("ubi") else ""), tag
