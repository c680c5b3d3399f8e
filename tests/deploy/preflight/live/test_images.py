"""Images that the registry has, or has not."""

import json

import pytest

from tests.deploy.amazon import ACCOUNT, REGION, Amazon
from tests.deploy.diagnose.replay import Answer
from tests.deploy.preflight.live.account import REFUSED, Asked, of

REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
IMAGE = f"{REGISTRY}/shop:1.4"
TEMPLATE = """
Parameters:
  Open: {Type: String}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: 256
      Memory: 512
      ContainerDefinitions:
        - Name: web
          Image: IMAGE
"""
REPOSITORY = """
  Repository: {Type: "AWS::ECR::Repository", Properties: {RepositoryName: shop}}
"""
ONE = "application/vnd.oci.image.manifest.v1+json"
LIST = "application/vnd.oci.image.index.v1+json"


def template(image: str = IMAGE) -> str:
    return TEMPLATE.replace("IMAGE", image)


def push(amazon: Amazon, manifest: object, tag: str = "1.4") -> None:
    ecr = amazon.client("ecr")
    ecr.create_repository(repositoryName="shop")
    ecr.put_image(repositoryName="shop", imageManifest=json.dumps(manifest), imageTag=tag)


def index(*architectures: str) -> dict[str, object]:
    platforms = [{"architecture": each, "os": "linux"} for each in architectures]
    manifests = [
        {"mediaType": LIST, "digest": f"sha256:{number:064}", "size": 7, "platform": each}
        for number, each in enumerate(platforms)
    ]
    return {"schemaVersion": 2, "mediaType": LIST, "manifests": manifests}


def test_no_repository(asked: Asked) -> None:
    [found] = of(asked(template()), "I01")
    assert (found.severity, found.resource) == ("error", "Task")
    assert found.property == "ContainerDefinitions.0.Image"
    assert found.why[1] == "eu-central-1 has no repository shop."


def test_no_such_tag(asked: Asked, amazon: Amazon) -> None:
    push(amazon, index("amd64"), tag="1.3")
    [found] = of(asked(template()), "I01")
    assert found.why[1] == "The repository shop has no image 1.4."


def test_pushed(asked: Asked, amazon: Amazon) -> None:
    push(amazon, index("amd64", "unknown"))
    assert not of(asked(template()), "I01", "I07")


@pytest.mark.parametrize(
    "image",
    [
        "postgres:16",
        f"999999999999.dkr.ecr.{REGION}.amazonaws.com/shop:1.4",
        f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/shop:1.4",
        "!Ref Open",
        f'!Sub "{REGISTRY}/shop:${{Open}}"',
    ],
)
def test_what_this_registry_does_not_decide(asked: Asked, image: str) -> None:
    assert not of(asked(template(image)), "I01")


def test_repository_of_the_template(asked: Asked) -> None:
    assert not of(asked(template() + REPOSITORY), "I01")


def test_repository_that_may_be_of_the_template(asked: Asked) -> None:
    made = REPOSITORY.replace("RepositoryName: shop", "RepositoryName: !Ref Open")
    assert not of(asked(template() + made), "I01")


@pytest.mark.parametrize(("prefix", "expected"), [("hub", 0), ("ROOT", 0), ("hu", 1)])
def test_pull_through_cache(asked: Asked, prefix: str, expected: int) -> None:
    rules = {"pullThroughCacheRules": [{"ecrRepositoryPrefix": prefix}]}
    wanted = template(f"{REGISTRY}/hub/nginx:1.27")
    answers: dict[str, Answer] = {"ecr.DescribePullThroughCacheRules": rules}
    assert len(of(asked(wanted, answers), "I01")) == expected


def test_pull_through_cache_of_the_template(asked: Asked) -> None:
    rule = """
  Rule:
    Type: AWS::ECR::PullThroughCacheRule
    Properties: {EcrRepositoryPrefix: hub, UpstreamRegistryUrl: registry-1.docker.io}
"""
    assert not of(asked(template(f"{REGISTRY}/hub/nginx:1.27") + rule), "I01")


def test_pull_through_cache_that_may_not_be_asked(asked: Asked) -> None:
    [found] = of(asked(template(), {"ecr.DescribePullThroughCacheRules": REFUSED}), "I01")
    assert found.severity == "warning"


def test_refused(asked: Asked) -> None:
    found = asked(template(), {"ecr.DescribeImages": REFUSED})
    assert not of(found, "I01")
    assert [each.resource for each in of(found, "T05")] == ["ecr:DescribeImages"]


def test_for_another_processor(asked: Asked, amazon: Amazon) -> None:
    push(amazon, index("arm64"))
    [found] = of(asked(template()), "I07")
    assert (found.severity, found.property) == ("error", "ContainerDefinitions.0.Image")
    assert found.why[1] == "The registry has shop 1.4 for arm64."
    assert "linux/amd64" in found.message


@pytest.mark.parametrize(
    "platform", ["{CpuArchitecture: ARM64}", "{CpuArchitecture: !Ref Open}"], ids=["said", "open"]
)
def test_processor_that_is_asked_for(asked: Asked, amazon: Amazon, platform: str) -> None:
    push(amazon, index("arm64"))
    wanted = template().replace("Cpu:", f"RuntimePlatform: {platform}\n      Cpu:")
    assert not of(asked(wanted), "I07")


def test_one_manifest_says_no_processor(asked: Asked, amazon: Amazon) -> None:
    push(amazon, {"schemaVersion": 2, "mediaType": ONE, "layers": []})
    assert not of(asked(template()), "I07")
