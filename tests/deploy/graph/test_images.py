import pytest

from deploy.ecs.evaluator.symbols import Attribute, Import, Parameter, Text, Value
from deploy.ecs.graph import Graph, Image, Repository
from tests.deploy.evaluator.writing import Folder

OPEN = Parameter("Repository", "s")
NOT_KNOWN = (None, None, None, None)


@pytest.mark.parametrize(
    ("written", "pieces"),
    [
        ("nginx", ("docker hub", "nginx", "latest", None)),
        ("library/nginx:1", ("docker hub", "library/nginx", "1", None)),
        ("public.ecr.aws/nginx/nginx:1", ("ecr public", "nginx/nginx", "1", None)),
        ("localhost:5000/app", ("other", "app", "latest", None)),
        ("ghcr.io/a/b@sha256:0a", ("other", "a/b", None, "sha256:0a")),
        ("ghcr.io/a/b:1@sha256:0a", ("other", "a/b", "1", "sha256:0a")),
        ("1.dkr.ecr.eu-west-1.amazonaws.com/a:1", ("ecr", "a", "1", None)),
        ("1.dkr-ecr.eu-west-1.on.aws/a:1", ("ecr", "a", "1", None)),
        (Import("image"), NOT_KNOWN),
        (Text((OPEN, ":1")), (None, OPEN, "1", None)),
        (["nginx"], NOT_KNOWN),
        ("", ("docker hub", "", "latest", None)),
    ],
)
def test_names(written: Value, pieces: tuple[Value, ...]) -> None:
    image = Image(Graph.of([]), written)
    assert (image.kind, image.repository, image.tag, image.digest) == pieces


def test_own_repository(folder: Folder) -> None:
    graph = Graph.of([folder.stack('Resources: {Own: {Type: "AWS::ECR::Repository"}}')])
    uri = Attribute("Own", "RepositoryUri", "shop")
    for written in (Text((uri, ":1")), Text((uri, ":", Parameter("Tag", "shop")))):
        image = Image(graph, written)
        assert image.kind == "ecr"
        assert image.node is graph.all(Repository)[0]
        assert image.tag == (written.parts[-1] if len(written.parts) > 2 else "1")
