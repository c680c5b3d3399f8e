"""The deployer may do what the commands and the templates need, and nothing else. What they need is
read off the source, and off CloudFormation's own lists of what it calls for a resource."""

import json
import re
from itertools import product
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from deploy.ecs.evaluator import Environment, Stack, Template, evaluate
from tests.deploy.calls import actions, commands
from tests.deploy.policies import (
    Statement,
    covers,
    documents,
    formats,
    names_its_resource,
    statements,
)
from tests.deploy.presets import ACCOUNT, SHAPES, deployment, physical, preview
from tests.deploy.templates.deployed import plain
from tests.deploy.templates.stack import FOLDER, NAMES, read

REGION = "eu-central-1"
MASTER = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:other-AbCdEf"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b"
GIVEN = {
    "Repository": "owner/shop",
    "PullRequests": "yes",
    "HostedZoneId": "Z1",
    "KmsKeyArn": KEY,
    "MasterSecretArn": MASTER,
}
COMMANDS = "CommandsPolicy"
MAKING = {"NetworkPolicy", "DataPolicy", "ServicesPolicy", "NamesPolicy", "RolesPolicy"}
# Commands of people only; the deployer's are all others that call AWS.
OPERATING = {"diagnose", "down", "exec", "init", "tunnel"}
LOCAL = {"rehearse"}
EVERY_COMMAND = {
    "diagnose",
    "down",
    "exec",
    "init",
    "logs",
    "manage",
    "migrate",
    "plan",
    "rollback",
}
EVERY_COMMAND |= {"rotate_keys", "status", "tunnel", "up"}
OPERATIONS = ("create", "read", "update", "delete")  # of a resource by CloudFormation
VIA_CLOUDFORMATION = {"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}
# Asked for on the way, by no call of that name.
IMPLIED = {
    "cloudformation:ListStacks": "DescribeStacks of no stack in particular",
    "cloudformation:TagResource": "a stack is made with tags",
    "iam:PassRole": "RunTask hands the task its roles",
    "kms:Decrypt": "a secret is made with a key of one's own",
    "kms:GenerateDataKey": "a secret is made with a key of one's own",
    "ssm:TerminateSession": "the Session Manager plugin ends its session",
} | dict.fromkeys(
    (
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
    ),
    "docker pushes",
)
PLANNED = r"(cloudformation|ecr|rds|secretsmanager):(Describe|List|CreateChange|DeleteChange)"
FREE = {"sts:GetCallerIdentity"}  # AWS asks for no permission
# In modules that a command shares with `down` and `tunnel`, and of `migrate --through bastion`.
NOT_BY_DEPLOYER = {
    "ec2-instance-connect:SendSSHPublicKey",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:ModifyLoadBalancerAttributes",
    "rds:ModifyDBCluster",
    "rds:ModifyDBInstance",
    "secretsmanager:DeleteSecret",
    "ssm:GetParameter",
    "ssm:StartSession",
}
# These know resources, which is of no use here.
WIDE = {
    "cloudformation:DescribeStacks": "of no stack in particular",
    "ecs:ListTasks": "its resource is a container instance, which it is not asked for",
}


@pytest.fixture(scope="module")
def stack() -> Stack:
    return evaluated(**GIVEN)


def evaluated(**given: str) -> Stack:
    template = Template.read(FOLDER / "github.yaml")
    found = evaluate(template, given, Environment(REGION, ACCOUNT, "github"))
    assert not found.problems, [str(each) for each in found.problems]
    return found


def of(stack: Stack, *policies: str) -> list[Statement]:
    return [each for each in statements(stack) if each.policy in policies]


def allowed(stack: Stack, *policies: str) -> set[str]:
    return {action for each in of(stack, *policies) for action in each.actions}


@pytest.mark.parametrize("provider", ["", f"arn:aws:iam::{ACCOUNT}:oidc-provider/x"])
def test_who_deploys(provider: str) -> None:
    given = {"ProviderArn": provider.replace("/x", "/token.actions.githubusercontent.com")}
    stack = evaluated(**GIVEN | given)
    assert ("Provider" in stack.resources) is not bool(provider)
    for role, claim in (
        ("DeployerRole", "environment:production"),
        ("PlannerRole", "pull_request"),
    ):
        [trust] = plain(stack.resources[role].properties)["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
        assert trust["Principal"] == {"Federated": given["ProviderArn"] or "Provider"}
        assert trust["Condition"] == {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": f"repo:owner/shop:{claim}",
            }
        }


@pytest.mark.parametrize(
    ("parameter", "value", "is_allowed"),
    [
        ("Repository", "owner/shop", True),
        ("Repository", "owner@12/shop@34", True),
        ("Repository", "owner/*", False),
        ("Repository", "owner", False),
        ("Claim", "ref:refs/heads/main", True),
        ("Claim", "environment:staging", True),
        ("Claim", "environment:*", False),
        ("Claim", "pull_request", False),
    ],
)
def test_nobody_else_can_be_meant(parameter: str, value: str, is_allowed: bool) -> None:
    template = Template.read(FOLDER / "github.yaml")
    environment = Environment(REGION, ACCOUNT, "github")
    found = evaluate(template, GIVEN | {parameter: value}, environment)
    assert bool(found.problems) is not is_allowed


def test_no_pull_requests_unless_asked_for() -> None:
    stack = evaluated(Repository="owner/shop")
    assert "PlannerRole" not in stack.resources
    assert "PlannerRole" not in stack.outputs


def test_a_plan_changes_nothing(stack: Stack) -> None:
    planning = allowed(stack, "PlanPolicy")
    writing = {each for each in planning if not each.split(":")[1].startswith(("Describe", "Get"))}
    assert writing - {"cloudformation:ListStacks"} == {
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:TagResource",
    }
    assert not {each for each in planning if "SecretValue" in each}


@pytest.mark.parametrize("command", sorted(set(commands()) - OPERATING - LOCAL))
def test_the_deployer_may_give_every_command(command: str, stack: Stack) -> None:
    assert actions(command) - FREE - NOT_BY_DEPLOYER <= allowed(stack, COMMANDS)


@pytest.mark.parametrize("command", sorted(set(commands()) & {"plan"}))
def test_a_pull_request_may_plan(command: str, stack: Stack) -> None:
    """Of tasks and services, which are in the modules that `plan` imports too, it asks nothing."""
    asked = {each for each in actions(command) if re.match(PLANNED, each)}
    assert asked <= allowed(stack, "PlanPolicy")


@pytest.mark.parametrize("command", sorted(set(commands()) & OPERATING))
def test_an_operator_may_give_the_others(command: str, stack: Stack) -> None:
    assert actions(command) - FREE <= allowed(stack, COMMANDS, "OperatorsPolicy")


@pytest.mark.skipif(not set(commands()) >= EVERY_COMMAND, reason="Commands are missing")
def test_nothing_is_allowed_that_no_command_does(stack: Stack) -> None:
    done = {action for command in commands() for action in actions(command)}
    assert allowed(stack, COMMANDS, "OperatorsPolicy") - done - set(IMPLIED) == set()


def handlers() -> dict[str, set[str]]:
    """By the type of a resource, what CloudFormation says that it calls."""
    types = {
        each["Type"]
        for name in NAMES
        if name != "github"
        for each in read(name)["Resources"].values()
    }
    found = {}
    for kind in types:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        parts = [schema.get("handlers", {}).get(each, {}) for each in OPERATIONS]
        found[kind] = {action for part in parts for action in part.get("permissions", [])}
    return found


# Properties that no template has: by service, or by action.
UNUSED_SERVICES = {
    "acm-pca": "certificates of a private authority",
    "cognito-idp": "listeners that sign people in",
    "firehose": "logs that go elsewhere",
    "lambda": "scaling of functions",
    "managed-fleets": "fleets",
    "s3": "logs that go elsewhere",
    "vpc-lattice": "networks of services",
    "vpce": "endpoints of other regions",
}
UNUSED = {
    "acm": {"RemoveTagsFromCertificate", "UpdateCertificateOptions"},
    "application-autoscaling": {
        "DeleteScheduledAction",
        "DescribeScheduledActions",
        "PutScheduledAction",
    },
    "autoscaling": {
        "AttachLoadBalancerTargetGroups",
        "AttachLoadBalancers",
        "AttachTrafficSources",
        "CancelInstanceRefresh",
        "DeleteLifecycleHook",
        "DeleteNotificationConfiguration",
        "Describe*",  # by name below
        "DetachLoadBalancerTargetGroups",
        "DetachLoadBalancers",
        "DetachTrafficSources",
        "DisableMetricsCollection",
        "EnableMetricsCollection",
        "PutLifecycleHook",
        "PutNotificationConfiguration",
        "StartInstanceRefresh",
    },
    "cloudwatch": {"GetMetricData"},
    "ec2": {
        "AcceptAddressTransfer",
        "AssignPrivateNatGatewayAddress",
        "AssociateNatGatewayAddress",
        "AssociateSubnetCidrBlock",
        "AttachVolume",
        "AttachVpnGateway",
        "CreateVpcEncryptionControl",
        "Describe*",  # by name below
        "DescribeIpamPools",
        "DescribeKeyPairs",
        "DescribeVpcEncryptionControls",
        "DetachVolume",
        "DetachVpnGateway",
        "DisassociateNatGatewayAddress",
        "DisassociateSubnetCidrBlock",
        "Get*",
        "ModifyInstanceMaintenanceOptions",
        "ModifyInstancePlacement",
        "ModifyPrivateDnsNameOptions",
        "ModifyVpcTenancy",
        "MonitorInstances",
        "UnassignPrivateNatGatewayAddress",
        "UnmonitorInstances",
    },
    "ecr": {"DeleteRepositoryPolicy", "SetRepositoryPolicy"},
    "ecs": {"PutAccountSetting", "PutAccountSettingDefault", "UpdateClusterSettings"},
    "elasticloadbalancing": {
        "Describe*",  # by name below
        "DeregisterTargets",  # ECS's, with a role of its own
        "DescribeCapacityReservation",
        "ModifyCapacityReservation",
        "ModifyIpPools",
        "ModifyListenerAttributes",
        "RegisterTargets",
        "SetIpAddressType",
    },
    "iam": {
        "AttachRolePolicy",  # no role here has any but its own
        "DeleteRolePermissionsBoundary",  # it is to stay
        "DetachRolePolicy",
        "ListRoles",
    },
    "kms": {"RetireGrant"},
    "logs": {
        "AssociateKmsKey",
        "CreateLogDelivery",
        "DeleteDataProtectionPolicy",
        "DeleteIndexPolicy",
        "DeleteResourcePolicy",
        "DescribeResourcePolicies",
        "DisassociateKmsKey",
        "PutBearerTokenAuthentication",
        "PutDataProtectionPolicy",
        "PutIndexPolicy",
        "PutLogGroupDeletionProtection",
        "PutResourcePolicy",
    },
    "rds": {
        "AddRoleToDBInstance",
        "CreateDBInstanceReadReplica",
        "DescribeDBInstanceAutomatedBackups",
        "PromoteReadReplica",
        "RemoveRoleFromDBInstance",
        "RestoreDBInstanceFromDBSnapshot",
        "RestoreDBInstanceToPointInTime",
        "StartDBInstanceAutomatedBackupsReplication",
        "StopDBInstanceAutomatedBackupsReplication",
    },
    "servicediscovery": {
        "DeleteServiceAttributes",
        "GetServiceAttributes",
        "UpdateServiceAttributes",
    },
    "sns": {"PutDataProtectionPolicy"},
    "ssm": {
        "CreateAssociation",
        "DeleteAssociation",
        "DescribeAssociation",
        "Get*",  # by name below
        "ListAssociations",
    },
}
# Of what has no list of its own (DocumentDB), has wildcards in it, or lies behind it.
UNLISTED = {
    "autoscaling:DescribeAutoScalingGroups": "autoscaling:Describe*",
    "autoscaling:DescribeScalingActivities": "autoscaling:Describe*",
    "autoscaling:TerminateInstanceInAutoScalingGroup": "a rolling update ends instances",
    "ec2:DescribeImages": "an auto scaling group looks at its image",
    "rds:CreateDBCluster": "DocumentDB",
    "rds:CreateDBClusterSnapshot": "DocumentDB",
    "rds:DeleteDBCluster": "DocumentDB",
    "rds:ModifyDBCluster": "DocumentDB",
    "rds:ResetDBClusterParameterGroup": "DocumentDB",
    "route53:DeleteHostedZone": "Cloud Map deletes the zone of a namespace",
}


def is_used(action: str) -> bool:
    service, name = action.split(":")
    return service not in UNUSED_SERVICES and name not in UNUSED.get(service, set())


def test_the_deployer_may_make_every_resource(stack: Stack) -> None:
    needed = {action for listed in handlers().values() for action in listed if is_used(action)}
    assert needed | set(UNLISTED) <= allowed(stack, *MAKING)


def test_nothing_is_allowed_that_no_resource_needs(stack: Stack) -> None:
    listed = {action for each in handlers().values() for action in each}
    assert allowed(stack, *MAKING) - listed - set(UNLISTED) == set()


def test_what_is_not_used_is_listed(stack: Stack) -> None:
    """Or an exception would outlive its reason."""
    listed = {action for each in handlers().values() for action in each}
    exceptions = {f"{service}:{name}" for service, names in UNUSED.items() for name in names}
    assert exceptions <= listed
    assert set(UNUSED_SERVICES) <= {action.split(":")[0] for action in listed}
    assert not exceptions & allowed(stack, *MAKING)


def test_only_cloudformation_makes_anything(stack: Stack) -> None:
    for each in of(stack, *MAKING):
        assert VIA_CLOUDFORMATION.items() <= each.condition.items(), each.sid


def test_no_wildcards_but_where_aws_demands_them(stack: Stack) -> None:
    for each in statements(stack):
        assert not [action for action in each.actions if "*" in action], each.sid
        for action in each.actions if each.resources == ("*",) else ():
            assert action in WIDE or not formats(action), (each.sid, action)


def test_every_action_meets_a_resource(stack: Stack) -> None:
    """One that AWS asks for another kind of resource, or for none, would allow nothing."""
    for each in statements(stack):
        for action in each.actions if each.resources != ("*",) else ():
            assert names_its_resource(action, each.resources), (each.sid, action)


def test_everything_named_is_of_this_environment(stack: Stack) -> None:
    """Or has an id of AWS's choice; then it takes a tag, or CloudFormation to use it."""
    own = ("little-ecom-production", "little-ecom/production", "production.little-ecom")
    for each in statements(stack):
        others = [arn for arn in each.resources if not any(name in arn for name in own)]
        if others and others not in (["*"], [KEY], [MASTER]):
            tagged = "ResourceTag" in json.dumps(each.condition)
            via = "aws:CalledVia" in json.dumps(each.condition)
            assert tagged or via or each.sid in OF_AWS, (each.policy, each.sid, others)


OF_AWS = {
    "Look": "asks only",
    "Bastion": "the id of the bastion; the boundary alone is not enough to be one",
    "MachineImages": "AWS's public parameters",
    "OwnSessions": "sessions are called by who began them",
    "SessionDocument": "AWS's document",
    "Snapshots": "names only",
}


def test_it_fits(stack: Stack) -> None:
    """IAM counts what is not white space."""
    for name, resource in stack.resources.items():
        if resource.type == "AWS::IAM::ManagedPolicy":
            [document] = documents(plain(resource.properties))
            assert len("".join(json.dumps(document).split())) <= 6144, name


def test_roles_end_at_the_boundary(stack: Stack) -> None:
    making = {"iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"}
    for each in statements(stack):
        if making & set(each.actions):
            assert each.condition["StringEquals"] == {"iam:PermissionsBoundary": "Boundary"}
            assert each.resources == (f"arn:aws:iam::{ACCOUNT}:role/little-ecom/production/*",)
        if "iam:PassRole" in each.actions:
            assert each.resources == (f"arn:aws:iam::{ACCOUNT}:role/little-ecom/production/*",)
            assert set(each.condition["StringEquals"]) == {"iam:PassedToService"}
        if "cloudformation:CreateChangeSet" in each.actions:
            assert each.condition["Null"] == {
                "cloudformation:RoleArn": "true",
                "cloudformation:ImportResourceTypes": "true",
            }


@pytest.mark.parametrize(
    "action",
    [
        "iam:AttachRolePolicy",
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:CreateUser",
        "iam:DeleteRolePermissionsBoundary",
        "iam:SetDefaultPolicyVersion",
        "cloudformation:CreateStack",
        "cloudformation:UpdateStack",
        "cloudformation:SetStackPolicy",
        "ec2:ModifySnapshotAttribute",
        "lambda:CreateFunction",
        "rds:ModifyDBSnapshotAttribute",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutResourcePolicy",
        "sts:AssumeRole",
    ],
)
def test_ways_to_more(action: str, stack: Stack) -> None:
    assert action not in allowed(stack, COMMANDS, "PlanPolicy", "OperatorsPolicy", *MAKING)


def test_its_own_role_is_out_of_reach(stack: Stack) -> None:
    for name in ("DeployerRole", "PlannerRole"):
        properties: dict[str, Any] = plain(stack.resources[name].properties)
        assert "Path" not in properties
        assert "RoleName" not in properties


@pytest.mark.parametrize("preset", list(SHAPES))
def test_every_role_of_the_templates_is_within_the_boundary(preset: str, stack: Stack) -> None:
    """Or it could do less than it says, and find out when it runs."""
    wanted = deployment(preset, bastion=True, exec=True, kms_key=KEY)
    boundary = of(stack, "Boundary")
    for _, part in preview(wanted):
        for each in statements(part, physical):
            for action, resource in product(each.actions, each.resources):
                met = [one for one in boundary if covers(one, action, resource)]
                assert met, (part.name, each.policy, action, resource)


def test_the_boundary_is_no_wider_than_the_roles(stack: Stack) -> None:
    wanted = [deployment(preset, bastion=True, exec=True, kms_key=KEY) for preset in SHAPES]
    given = {
        action
        for each in wanted
        for _, part in preview(each)
        for statement in statements(part)
        for action in statement.actions
    }
    assert allowed(stack, "Boundary") == given


@pytest.mark.parametrize("bounded", [True, False])
def test_every_role_can_be_bounded(bounded: bool) -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/boundary" if bounded else ""
    wanted = deployment("private", bastion=True, permissions_boundary=boundary)
    for _, part in preview(wanted):
        for resource in part.resources.values():
            if resource.type == "AWS::IAM::Role":
                assert resource.properties.get("PermissionsBoundary", "") == boundary
            if resource.type in {"AWS::IAM::Role", "AWS::IAM::InstanceProfile"}:
                assert resource.properties["Path"] == "/little-ecom/production/"
