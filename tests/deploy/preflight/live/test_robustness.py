"""Templates with random damage, of an account that answers, and of one that does not."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from deploy.ecs.evaluator import Environment, Kept
from deploy.ecs.graph import Graph
from deploy.ecs.preflight.live import live
from deploy.ecs.preflight.live.account import Account
from deploy.ecs.preflight.live.asking import Answer
from deploy.ecs.preflight.live.values import with_values
from deploy.ecs.preflight.templates import Given, Read, read
from tests.deploy.amazon import ACCOUNT, REGION, Amazon
from tests.deploy.graph.test_robustness import damaged
from tests.deploy.preflight.live.account import QUIET, Partly
from tests.deploy.preflight.live.test_clusters import instance

FILE = Path(__file__).with_name("existing.yaml")
VARIANTS = 12
DENIED = {"EvaluationResults": [{"EvalActionName": "x:Y", "EvalDecision": "implicitDeny"}]}
# Whatever is wanted is there, and nothing of it is right.
ANSWERS: dict[str, Answer] = {
    "get_parameters": {"InvalidParameters": ["/shop/group", "/shop/token"], "Parameters": []},
    "list_exports": {"Exports": [{"Name": "cluster", "Value": "old"}]},
    "describe_images": {},
    "describe_repositories": {"repositories": [{}]},
    "batch_get_image": {
        "images": [{"imageManifest": '{"manifests": [{"platform": {"architecture": "s390x"}}]}'}]
    },
    "describe_clusters": {"clusters": [{"status": "ACTIVE"}]},
    "list_container_instances": {"containerInstanceArns": ["arn"]},
    "describe_container_instances": {"containerInstances": [instance(connected=True)]},
    "list_account_settings": {"settings": [{"name": "awsvpcTrunking", "value": "disabled"}]},
    "get_service_quota": {"Quota": {"Value": 1.0}},
    "describe_subnets": {
        "Subnets": [
            {
                "SubnetId": "subnet-1",
                "AvailabilityZone": "eu-central-1c",
                "AvailabilityZoneId": "euc1-az1",
                "AvailableIpAddressCount": 0,
            }
        ]
    },
    "describe_vpc_attribute": {
        "EnableDnsSupport": {"Value": False},
        "EnableDnsHostnames": {"Value": False},
    },
    "describe_vpcs": {"Vpcs": [{"DhcpOptionsId": "dopt-1", "CidrBlockAssociationSet": []}]},
    "describe_dhcp_options": {
        "DhcpOptions": [
            {
                "DhcpConfigurations": [
                    {"Key": "domain-name-servers", "Values": [{"Value": "10.0.0.53"}]}
                ]
            }
        ]
    },
    "describe_secret": {"Name": "shop"},
    "get_secret_value": {"SecretString": '{"user": "x"}'},
    "get_role": {"Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/x", "AssumeRolePolicyDocument": {}}},
    "simulate_principal_policy": DENIED,
}


class Answering(Account):
    def ask_anew(
        self, service: str, operation: str, absent: Any = (), **given: Any
    ) -> Answer | None:
        return ANSWERS.get(operation, {})


class Closed(Account):
    def ask_anew(
        self, service: str, operation: str, absent: Any = (), **given: Any
    ) -> Answer | None:
        return None


def found(account: Account, file: Path) -> set[str]:
    def reading(number: str | None, kept: Kept) -> Read:
        return read([Given(file)], {}, Environment(REGION, number, "shop", kept))

    stacks = with_values(reading, account).stacks
    return {each.id for each in live(Graph.of(stacks), account)}


def test_undamaged(amazon: Amazon) -> None:
    """So that the damage is done to something."""
    wanted = {"I01", "I07", "P05", "P17", "P18", "N12", "N20", "A03", "A05", "A10", "I02"}
    assert found(Answering(Partly(QUIET)), FILE) >= wanted | {"K02", "K05", "K10"}
    assert found(Closed(Partly(QUIET)), FILE) == set()


@pytest.mark.parametrize("kind", [Answering, Closed])
def test_never_raises(kind: type[Account], amazon: Amazon, tmp_path: Path) -> None:
    account = kind(Partly(QUIET))
    for seed in range(VARIANTS):
        file = tmp_path / f"{seed}.json"
        file.write_text(json.dumps(damaged(FILE, random.Random(seed))))
        found(account, file)
