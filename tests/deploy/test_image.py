import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.errors import DeploymentError
from deploy.ecs.image import Images
from tests.deploy.amazon import Amazon

NAME = "shop"
KIND = "application/vnd.docker.distribution.manifest.v2+json"
# In the place of docker or podman: notes its calls, and pushes by ECR's API.
BUILDER = """\
#!{python}
import json, os, sys
import boto3
words = sys.argv[1:]
given = sys.stdin.read() if "--password-stdin" in words else ""
with open({calls!r}, "a") as file:
    file.write(json.dumps([words, given, os.getcwd()]) + "\\n")
if words[0] == os.environ.get("FAILS"):
    sys.exit(3)
if words[0] == "push":
    ecr = boto3.client("ecr", region_name="eu-central-1", endpoint_url={url!r})
    manifest = json.dumps({{"schemaVersion": 2, "mediaType": {kind!r}, "tag": words[1]}})
    tag = words[1].rpartition(":")[2]
    ecr.put_image(repositoryName="shop", imageManifest=manifest, imageTag=tag)
"""


@pytest.fixture
def images(aws: AWS, amazon: Amazon) -> Images:
    made = amazon.client("ecr").create_repository(repositoryName=NAME)["repository"]
    return Images(aws, NAME, made["repositoryUri"])


def push(amazon: Amazon, tag: str) -> str:
    manifest = json.dumps({"schemaVersion": 2, "mediaType": KIND, "tag": tag})
    put = amazon.client("ecr").put_image(repositoryName=NAME, imageManifest=manifest, imageTag=tag)
    return str(put["image"]["imageId"]["imageDigest"])


def test_named(images: Images, amazon: Amazon) -> None:
    """However it is named: by its digest, for ECS starts nothing new for a tag."""
    digest = push(amazon, "one")
    by_digest = f"{images.uri}@{digest}"
    for name in ("one", digest, f"{images.uri}:one", by_digest):
        assert images.named(name) == by_digest


@pytest.mark.parametrize("name", ["two", f"sha256:{'0' * 64}"])
def test_absent(name: str, images: Images) -> None:
    with pytest.raises(DeploymentError) as refused:
        images.named(name)
    assert refused.value.fault == "I01"
    assert name in refused.value.cause


@pytest.mark.parametrize("name", ["docker.io/library/nginx", "ghcr.io/shop@sha256:0"])
def test_of_somebody_else(name: str, images: Images) -> None:
    with pytest.raises(DeploymentError, match="all that the tasks may pull from"):
        images.named(name)


def test_pushed_the_newest_first(images: Images, amazon: Amazon) -> None:
    digests = [push(amazon, tag) for tag in ("one", "two")]
    assert {each["imageDigest"] for each in images.pushed()} == set(digests)
    times = [each["imagePushedAt"] for each in images.pushed()]
    assert times == sorted(times, reverse=True)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    (folder / "Dockerfile").write_text("FROM scratch\n")
    git(folder, "init", "--quiet")
    git(folder, "add", "Dockerfile")
    git(folder, "commit", "--quiet", "--message", "Begin")
    return folder


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    run = subprocess.run(
        ["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return run.stdout.strip()


Calls = Callable[[], list[tuple[list[str], str, str]]]


@pytest.fixture
def calls(tmp_path: Path, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Of docker."""
    noted, program = tmp_path / "calls", tmp_path / "bin" / "docker"
    program.parent.mkdir()
    text = BUILDER.format(python=sys.executable, calls=str(noted), url=amazon.url, kind=KIND)
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    return lambda: [json.loads(line) for line in noted.read_text().splitlines()]


def test_of_checkout(images: Images, amazon: Amazon, checkout: Path, calls: Calls) -> None:
    said: list[str] = []
    reference = images.of_checkout(said.append, checkout)
    tag = git(checkout, "rev-parse", "--short=12", "HEAD")
    assert reference == f"{images.uri}@{images.digest(tag)}"
    (build, _, where), (login, password, _), (pushed, _, _) = calls()
    name = f"{images.uri}:{tag}"
    assert build == ["build", "--platform", "linux/amd64", "--tag", name, "."]
    assert Path(where) == checkout
    registry = images.uri.partition("/")[0]
    assert login == ["login", "--username", "AWS", "--password-stdin", registry]
    assert password
    assert password not in " ".join(login) + " ".join(said)
    assert pushed == ["push", name]


def test_commit_that_was_pushed_before(
    images: Images, amazon: Amazon, checkout: Path, tmp_path: Path, calls: Calls
) -> None:
    digest = push(amazon, git(checkout, "rev-parse", "--short=12", "HEAD"))
    assert images.of_checkout(print, checkout) == f"{images.uri}@{digest}"
    assert not (tmp_path / "calls").exists()


def test_changes_that_are_not_committed(images: Images, checkout: Path) -> None:
    (checkout / "new.py").touch()
    with pytest.raises(DeploymentError, match="changes that are not committed") as refused:
        images.of_checkout(print, checkout)
    assert refused.value.details == ["?? new.py"]
    assert "--image DIGEST" in refused.value.cure


def test_no_checkout(images: Images, tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match="is no checkout of git"):
        images.of_checkout(print, tmp_path)


def test_no_builder(
    images: Images, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_git = tmp_path / "git-only"
    only_git.mkdir()
    found = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout
    (only_git / "git").symlink_to(found.strip())
    monkeypatch.setenv("PATH", str(only_git))
    with pytest.raises(DeploymentError, match="neither docker nor podman"):
        images.of_checkout(print, checkout)


@pytest.mark.parametrize("step", ["build", "login", "push"])
def test_builder_fails(
    step: str, images: Images, checkout: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAILS", step)
    with pytest.raises(DeploymentError, match=f"docker {step} failed with exit code 3"):
        images.of_checkout(print, checkout)
    assert calls()[-1][0][0] == step
