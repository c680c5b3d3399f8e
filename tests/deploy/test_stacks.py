from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import pytest

from deploy.ecs.configuration import PRESETS
from deploy.ecs.errors import DeploymentError
from deploy.ecs.evaluator import Stack, Template
from deploy.ecs.evaluator.symbols import Text
from deploy.ecs.preview import Preview
from deploy.ecs.stacks import Part, Parts
from tests.deploy.amazon import ACCOUNT
from tests.deploy.deployments import SHOP, deployment

SUBNETS = {"public_subnets": ["subnet-0a", "subnet-0b"]}
SUBNETS |= {"private_subnets": ["subnet-0c", "subnet-0d"]}
NETWORK = {"vpc": "vpc-0123456789abcdef0", "cidr": "10.1.0.0/16", **SUBNETS}
EXISTING = {"host": "db.example.com", "security_group": "sg-0123456789abcdef0"}


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """Reading a template takes longer than evaluating it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "read", cache(Template.read))
        yield


def preview(preset: str = "fargate", **changes: Any) -> list[tuple[Part, Stack]]:
    return list(Preview(Parts(deployment(preset, **changes)), ACCOUNT))


def problems(preset: str = "fargate", **changes: Any) -> list[str]:
    return [str(each) for _, stack in preview(preset, **changes) for each in stack.problems]


def refusal(preset: str = "fargate", **changes: Any) -> str:
    """In a sentence, or nothing."""
    try:
        Preview(Parts(deployment(preset, **changes)), ACCOUNT).check()
    except DeploymentError as error:
        assert error.cause.endswith(".")
        assert error.cure
        return str(error)
    return ""


def part(name: str, preset: str = "fargate", **changes: Any) -> Stack:
    [stack] = [stack for each, stack in preview(preset, **changes) if each.name == name]
    return stack


def parameters(name: str, preset: str = "fargate", **changes: Any) -> dict[str, Any]:
    [found] = [each for each, _ in preview(preset, **changes) if each.name == name]
    return found.parameters


WISHES: dict[str, dict[str, Any]] = {
    "as it is": {},
    "exec": {"exec": True},
    "bastion": {"bastion": True},
    "mail and alarms": {"mail_port": 587, "alarm_email": "a@example.com", "log_days": 90},
    "a key": {"kms_key": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/0a-1b"},
    "certificate": {
        "hosted_zone": "",
        "certificate": f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/0a-1b",
    },
    "http": {"domain": "", "hosted_zone": "", "allow_http": True},
    "network": {"network": NETWORK},
    "zones": {"zones": ["eu-central-1b", "eu-central-1c"], "both_zones": True},
    "databases": {"postgresql": {"existing": EXISTING}, "documentdb": {"existing": EXISTING}},
    "one database": {"services": {"catalog": {"database": "postgresql"}}},
    "scaling": {"services": {"accounts": {"min_tasks": 2, "max_tasks": 4, "workers": 2}}},
    "unprotected": {"protect": False},
    "larger": {
        "postgresql": {"instance_class": "db.t4g.small", "multi_az": True, "storage": 50},
        "documentdb": {"instances": 2},
    },
}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("wish", WISHES)
def test_wish(wish: str, preset: str) -> None:
    """Nothing is refused or not understood, and each stack is told what its template asks."""
    for each, stack in preview(preset, **WISHES[wish]):
        assert [str(problem) for problem in stack.problems] == []
        assert each.template
        declared = Template.read(each.template).section("Parameters")
        required = {name for name, of in declared.items() if "Default" not in of}
        assert required <= set(each.parameters) <= set(declared), each.name


SHAPES = list(product(["ec2", "fargate"], ["awsvpc", "bridge", "host"], ["public", "private"]))


def is_right(launch: str, mode: str, tasks_in: str) -> bool:
    if launch == "fargate":
        return mode == "awsvpc"
    return mode != "awsvpc" or tasks_in == "private"


@pytest.mark.parametrize("shape", SHAPES, ids="-".join)
@pytest.mark.parametrize("preset", PRESETS)
def test_shape(preset: str, shape: tuple[str, str, str]) -> None:
    """Each that can work is taken, and each other one refused, in a sentence."""
    launch, mode, tasks_in = shape
    egress = "none" if tasks_in == "public" else "nat"
    given: dict[str, Any] = {"launch": launch, "network_mode": mode, "tasks_in": tasks_in}
    given |= {"egress": egress, "instances": {"max": 3}}
    found = refusal(preset, **given, task={"cpu": 256, "memory": 512}, exec=True)
    assert bool(found) != is_right(*shape), found


@pytest.mark.parametrize("egress", ["endpoints", "nat"])
@pytest.mark.parametrize("preset", ["private", "fargate"])
def test_egress(preset: str, egress: str) -> None:
    assert problems(preset, egress=egress) == []


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "pair of Fargate": ("fargate", {"task": {"memory": 4096}}, "Fargate has no such pair"),
    "memory of an instance": ("free-tier", {"task": {"memory": 1024}}, "No instance of this type"),
    "neither domain nor http": ("fargate", {"domain": "", "hosted_zone": ""}, "AllowHttp"),
    "days of the log": ("fargate", {"log_days": 31}, "log_days"),
    "class of a database": ("fargate", {"postgresql": {"instance_class": "t2"}}, "instance_class"),
    "domain": ("fargate", {"domain": "https://shop.example.com"}, "domain"),
    "path": ("fargate", {"services": {"accounts": {"paths": ["/a b"]}}}, "paths"),
    "zone of another region": ("fargate", {"zones": ["a"]}, "zones"),
}


@pytest.mark.parametrize("wish", REFUSED)
def test_refused_in_a_sentence(wish: str) -> None:
    preset, changes, said = REFUSED[wish]
    assert said in refusal(preset, **changes)


def test_host_gives_each_service_a_port_of_its_own() -> None:
    ports = [parameters(name, "private", network_mode="host")["ContainerPort"] for name in SHOP]
    assert ports == ["8000", "8001"]
    assert [parameters(name)["ContainerPort"] for name in SHOP] == ["8000", "8000"]


@pytest.mark.parametrize(
    ("preset", "changes", "url"),
    [
        ("fargate", {}, "http://catalog."),
        ("free-tier", {}, "https://shop.example.com"),
        ("private", {"network_mode": "host"}, "http://internal"),
    ],
)
def test_peers(preset: str, changes: dict[str, Any], url: str) -> None:
    """In a private network they do not go by the public address."""
    given = parameters("accounts", preset, **changes)
    assert given["PeerName"] == "CATALOG_URL"
    found = given["PeerUrl"]
    if isinstance(found, Text):
        names = [getattr(each, "logical_id", each) for each in found.parts]
        found = "".join(map(str, names)).replace("InternalLoadBalancer", "internal")
    assert found.startswith(url)


def test_rules_have_priorities_of_their_own() -> None:
    assert [parameters(name)["Priority"] for name in SHOP] == ["10", "20"]


def test_more_paths_than_a_rule_holds() -> None:
    given = parameters("catalog")
    assert given["PathPatterns"].count(",") == 4
    assert given["MorePathPatterns"] == "/items/*,/buy/*"


def test_given_network_is_not_made() -> None:
    stacks = preview(network=NETWORK)
    assert "network" not in [each.name for each, _ in stacks]
    given = parameters("accounts", network=NETWORK)
    assert (given["VpcId"], given["Subnets"]) == (NETWORK["vpc"], "subnet-0c,subnet-0d")


def test_given_database_is_not_made() -> None:
    """Nor bootstrapped, without its administrator's secret."""
    both: dict[str, Any] = {
        "postgresql": {"existing": EXISTING},
        "documentdb": {"existing": EXISTING},
    }
    assert "data" not in [each.name for each, _ in preview(**both)]
    assert "MasterSecretArn" not in parameters("accounts-tasks", **both)
    assert parameters("accounts", **both)["DatabaseUrl"] == (
        "postgresql://db.example.com:5432/accounts"
    )
    one = parameters("data", postgresql={"existing": EXISTING})
    assert one["DocumentDB"] == "yes"


def test_given_database_with_its_administrator() -> None:
    secret = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:rds!db-AbCdEf"
    given = parameters(
        "accounts-tasks", postgresql={"existing": EXISTING | {"master_secret": secret}}
    )
    assert "MasterSecretArn" in given


def test_no_documentdb_where_nobody_uses_it() -> None:
    only: dict[str, Any] = {"services": {"catalog": {"database": "postgresql"}}}
    assert parameters("data", **only)["DocumentDB"] == "no"
    kind = "AWS::DocDB::DBCluster"
    made = [
        {each.type for each in part("data", **changes).resources.values() if each.exists}
        for changes in (only, {})
    ]
    assert [kind in each for each in made] == [False, True]


def test_databases_are_unprotected_until_they_are_there() -> None:
    parts = Parts(deployment())
    outputs: dict[str, Any] = {"network": {"VpcId": "vpc-0", "PrivateSubnets": "subnet-0"}}
    shown = [parts.data(outputs, each) for each in (None, False)]
    assert [each and each.parameters["DeletionProtection"] for each in shown] == ["yes", "no"]


def test_number_of_tasks_is_left_to_auto_scaling() -> None:
    wanted = deployment(services={"accounts": {"min_tasks": 1, "max_tasks": 3}})
    parts, preview_ = Parts(wanted), Preview(Parts(wanted))
    outputs = {each.name: stack.outputs for each, stack in preview_}
    values = {name: {key: each.value for key, each in of.items()} for name, of in outputs.items()}
    arns = preview_.secrets("accounts", wanted.services["accounts"])
    counts = [
        parts.service(name, values, "image", arns, keep_count=keep).parameters["DesiredCount"]
        for name, keep in [("accounts", True), ("accounts", False), ("catalog", True)]
    ]
    assert counts == ["keep", "min", "min"]


def test_warnings() -> None:
    assert Parts(deployment()).warnings == []
    said = Parts(deployment(domain="", allow_http=True, exec=True, protect=False)).warnings
    assert [each.partition(":")[0] for each in said] == [
        "allow_http",
        "exec",
        "protect is off",
    ]
