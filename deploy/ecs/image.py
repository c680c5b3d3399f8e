"""The image that the services run: pushed from this checkout, or named by its digest."""

import re
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.errors import DeploymentError

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = "linux/amd64"  # what the templates' instances and Fargate tasks are
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass
class Images:
    """Of one repository; `uri` and `name` are outputs of its stack."""

    aws: AWS
    name: str
    uri: str

    @classmethod
    def of(cls, aws: AWS, registry: Mapping[str, str]) -> "Images":
        """`registry`: the outputs of its stack."""
        return cls(aws, registry["RepositoryName"], registry["RepositoryUri"])

    def named(self, image: str) -> str:
        """By digest, of a digest, a tag, or a whole name of an image that is there already.

        Raises DeploymentError.
        """
        reference = image.removeprefix(self.uri).lstrip("@:")
        if "/" in reference:
            raise DeploymentError(
                f"{image} is not in {self.uri}, which is all that the tasks may pull from.",
                "Push it there, or give a tag or digest of what is there.",
            )
        found = self.digest(reference)
        if found is None:
            raise DeploymentError(
                f"{self.uri} has no image {reference}.",
                "Push it first; up without --image builds and pushes this checkout.",
                fault="I01",
            )
        return f"{self.uri}@{found}"

    def digest(self, reference: str) -> str | None:
        found = self.described(reference)
        return str(found["imageDigest"]) if found else None

    def tags(self, image: str) -> list[str]:
        """Of an image by its whole name; none where it is there no more."""
        found = self.described(image.removeprefix(self.uri).lstrip("@:")) or {}
        return list(found.get("imageTags", []))

    def described(self, reference: str) -> dict[str, Any] | None:
        by = "imageDigest" if DIGEST.fullmatch(reference) else "imageTag"
        try:
            [found] = self.aws.client("ecr").describe_images(
                repositoryName=self.name, imageIds=[{by: reference}]
            )["imageDetails"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ImageNotFoundException":
                return None
            raise
        return dict(found)

    def of_checkout(self, say: Callable[[str], None], folder: Path = ROOT) -> str:
        """By digest. A commit that was pushed before is not built again. Raises DeploymentError."""
        tag = commit(folder)
        if found := self.digest(tag):
            return f"{self.uri}@{found}"
        builder = program()
        say(f"Building {tag} with {builder}")
        execute(
            [builder, "build", "--platform", PLATFORM, "--tag", f"{self.uri}:{tag}", "."], folder
        )
        self.sign_in(builder)
        say(f"Pushing {self.uri}:{tag}")
        execute([builder, "push", f"{self.uri}:{tag}"], folder)
        return self.named(tag)

    def sign_in(self, builder: str) -> None:
        [data] = self.aws.client("ecr").get_authorization_token()["authorizationData"]
        user, _, password = b64decode(data["authorizationToken"]).decode().partition(":")
        registry = self.uri.partition("/")[0]
        execute(
            [builder, "login", "--username", user, "--password-stdin", registry], ROOT, password
        )

    def pushed(self) -> list[dict[str, Any]]:
        """The newest first."""
        pages = (
            self.aws.client("ecr")
            .get_paginator("describe_images")
            .paginate(repositoryName=self.name)
        )
        found = [each for page in pages for each in page["imageDetails"]]
        return sorted(found, key=lambda each: each["imagePushedAt"], reverse=True)


def shortened(image: str, tags: Sequence[str] = ()) -> str:
    """For a person, who knows it by its tag."""
    name = re.sub(r"sha256:([0-9a-f]{12})[0-9a-f]{52}", r"sha256:\1", image.rpartition("/")[2])
    reference = name.partition("@")[2] or name.rpartition(":")[2]
    return f"{', '.join(tags)} ({reference})" if tags else reference


def commit(folder: Path) -> str:
    """What tags the image. Raises DeploymentError unless all that is built is committed."""
    try:
        changed = output(["git", "status", "--porcelain"], folder)
        name = output(["git", "rev-parse", "--short=12", "HEAD"], folder)
    except (OSError, subprocess.CalledProcessError) as error:
        raise DeploymentError(
            f"{folder} is no checkout of git, so that its image has no name.",
            "Give an image that is pushed already: --image DIGEST.",
        ) from error
    if changed:
        raise DeploymentError(
            "There are changes that are not committed, and an image is named by its commit.",
            "Commit them, or give an image that is pushed already: --image DIGEST.",
            changed.splitlines()[:10],
        )
    return name


def program() -> str:
    """Raises DeploymentError."""
    for name in ("docker", "podman"):
        if shutil.which(name):
            return name
    raise DeploymentError(
        "There is neither docker nor podman here to build the image with.",
        "Install one, or let the workflow build it and give its digest: --image DIGEST.",
    )


def output(command: Sequence[str], folder: Path) -> str:
    run = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603
    return run.stdout.strip()


def execute(command: Sequence[str], folder: Path, stdin: str | None = None) -> None:
    """Its output is shown as it comes, on stderr. Raises DeploymentError."""
    ended = subprocess.run(  # noqa: S603
        command, check=False, cwd=folder, input=stdin, text=True, stdout=2
    )
    if ended.returncode:
        words = " ".join(command[:2])
        raise DeploymentError(
            f"{words} failed with exit code {ended.returncode}; what it said is above.",
            "Correct that and give the same command again.",
        )
