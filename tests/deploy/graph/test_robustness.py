"""Templates with random damage: whatever they say, no fact raises."""

import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import decode

from deploy.ecs.evaluator import Environment, Stack, Template, evaluate
from deploy.ecs.evaluator.symbols import Attribute, Reference
from deploy.ecs.graph import (
    Answer,
    Database,
    End,
    Graph,
    Image,
    Link,
    Listing,
    NetworkAcl,
    Part,
    Physical,
    Role,
    RouteTable,
    SecurityGroup,
    Subnet,
    TargetGroup,
    Vpc,
    admitted,
    connects,
    decide,
    endpoints_of,
    feeds_of,
    gateways_of,
    is_attached,
    permits,
    subnets_in,
)
from deploy.ecs.graph.gateways import InternetGateway
from tests.deploy.graph.test_foreign import FILE
from tests.deploy.templates.stack import FOLDER

TEMPLATES = {"foreign": (FILE, 16), "service": (FOLDER / "service.yaml", 6)}
TEMPLATES |= {"cluster": (FOLDER / "cluster.yaml", 6), "data": (FOLDER / "data.yaml", 4)}
TEMPLATES |= {"network": (FOLDER / "network.yaml", 4)}
GONE, OPEN = {"Ref": "AWS::NoValue"}, {"Ref": "Open"}
JUNK: list[Any] = [None, True, 0, -1, 3.5, 1e300, "", " ", "*", "a,b", ":", "::::::", "arn:aws:x"]
JUNK += [[], {}, [[]], [None], {"": None}, "x" * 300, "9" * 5000, "10.0.0.0/99", "${a"]
JUNK += [OPEN, GONE, {"Fn::GetAZs": ""}, {"Fn::ImportValue": "x"}, {"Fn::Base64": OPEN}]
JUNK += [{"Fn::If": ["Unclear", one, 1]} for one in [*JUNK[:9], [], {}, GONE, OPEN]]
JUNK += [{"Fn::Split": [",", OPEN]}, {"Fn::Sub": "${Open}:"}]
JUNK += [{"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/${Open}:${Open}"}]


@cache
def original(path: Path) -> str:
    body, faults = decode(str(path))
    assert body, faults
    return json.dumps(body, default=str)


def spots(node: Any) -> Iterator[tuple[Any, Any]]:
    """What is in it, each by its container and key."""
    if isinstance(node, dict | list):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            yield node, key
            yield from spots(node[key])


def damaged(path: Path, chance: random.Random) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(original(path))
    body.setdefault("Parameters", {})["Open"] = {"Type": "String"}
    body.setdefault("Conditions", {})["Unclear"] = {"Fn::Equals": [{"Ref": "Open"}, "x"]}
    resources = body["Resources"]
    for _ in range(chance.randint(1, 30)):
        container, key = chance.choice(list(spots(resources)))
        kind = chance.random()
        if kind < 0.4:
            container[key] = json.loads(json.dumps(chance.choice(JUNK)))
        elif kind < 0.6:
            container[key] = {"Ref": chance.choice(list(resources) or ["Open"])}
        elif kind < 0.7:
            container[key] = {"Fn::GetAtt": [chance.choice(list(resources) or ["Open"]), "Arn"]}
        elif kind < 0.9:
            container[key] = {"Fn::If": ["Unclear", container[key], {"Ref": "AWS::NoValue"}]}
        else:
            container[key] = [container[key]]
    return body


@pytest.mark.parametrize("name", TEMPLATES)
def test_never_raises(name: str, tmp_path: Path) -> None:
    path, count = TEMPLATES[name]
    for seed in range(count):
        chance = random.Random(f"{name} {seed}")
        file = tmp_path / "damaged.json"
        file.write_text(json.dumps(damaged(path, chance)))
        region, account = chance.choice([(None, None), ("eu-central-1", "123456789012")])
        environment = Environment(region, account, "shop")
        stack = evaluate(Template.read(file), {}, environment)
        ask_everything(Graph.of([stack, stack] if chance.random() < 0.2 else [stack]))
        ask_everything(Graph.of([stack], made_up(stack)))


def made_up(stack: Stack) -> dict[Reference, Physical]:
    attributes = {"Arn": "arn:aws:x:y:z:w", "Name": 5, "GroupId": ["a"], "DNSName": "a.localhost"}
    return {
        Reference(name, stack.name): Physical(f"id-{name}", attributes) for name in stack.resources
    }


def ask_everything(graph: Graph) -> None:
    for node in graph.nodes:
        ask(node, set())
    subnets, groups = graph.all(Subnet), graph.all(SecurityGroup)
    for subnet in subnets:
        subnet.way("10.0.0.1"), subnet.way("x"), subnet.same_zone(subnets[0])
    for table in graph.all(RouteTable):
        gateways_of(table, "s3")
    for acl in graph.all(NetworkAcl):
        acl.admits("in", "tcp", 443, "10.0.0.1"), acl.admits("out", "udp", 53, None)
    for vpc in graph.all(Vpc):
        endpoints_of(vpc, "ecr.api"), subnets_in(vpc)
        [is_attached(each, vpc) for each in graph.all(InternetGateway)]
    for group in groups:
        end = End.of([group], "10.0.0.1")
        connects(end, End.of(groups[:1]), "tcp", 443), admitted("in", end.groups, "x", 0, end)
    for target in graph.all(TargetGroup):
        feeds_of(target), target.health_check.accepts(200)
    for role in graph.all(Role):
        role.trusts("ecs-tasks.amazonaws.com")
        for resource in ("*", *graph.nodes[:3], Attribute("Cluster", "Arn", "shop")):
            permits(role, "secretsmanager:GetSecretValue", resource)
    for database in graph.all(Database):
        graph.find(database.endpoint), graph.same(database, database.endpoint)


def ask(thing: Any, asked: set[int]) -> None:
    """All that it tells, and all that that tells."""
    if isinstance(thing, Link):
        assert isinstance(thing.place.line, int)
    elif isinstance(thing, Answer):
        ask(thing.because, asked)
    elif isinstance(thing, Listing | tuple):
        for each in thing:
            ask(each, asked)
    elif isinstance(thing, Part | Image) and id(thing) not in asked:
        asked.add(id(thing))
        for name in names(type(thing)):
            found = getattr(thing, name)
            if name not in {"graph", "resource", "body"}:
                ask(found, asked)
        if isinstance(thing, Part):
            assert repr(thing)
            thing.place("a", 0, "b"), thing.given("a", 0), decide(Listing(), "a", "b")


def names(kind: Any) -> list[str]:
    plain = [name for name in dir(kind) if not name.startswith("_")]
    return [name for name in plain if not callable(getattr(kind, name, None))]
