"""Whether people get into bastions."""

import re
from collections.abc import Iterator

from deploy.ecs.graph import (
    Graph,
    InstanceConnectEndpoint,
    Link,
    Listing,
    Machine,
    Rule,
    Subnet,
    Truth,
)
from deploy.ecs.graph.addresses import covers
from deploy.ecs.graph.reading import parts_of
from deploy.ecs.graph.truth import all_of, any_of
from deploy.ecs.preflight.connections.admission import admits, groups_told, rules
from deploy.ecs.preflight.connections.bastions import Bastion, bastions
from deploy.ecs.preflight.connections.ends import Side
from deploy.ecs.preflight.connections.networks import are_connected
from deploy.ecs.preflight.finding import Finding, error, note, warning

SSH = 22
# What the agent of Session Manager calls.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
SESSIONS = (
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
OTHER_WAYS = re.compile(
    r"authorized_?keys|ssh-import-id|ssh-(rsa|ed25519) |adduser|useradd"
    r"|tailscale|wireguard|openvpn",
    re.IGNORECASE,
)


def bastions_have_a_way_in(graph: Graph) -> Iterator[Finding]:
    for each in bastions(graph):
        others = [_has_sessions(each.machine), _has_endpoint(each), _has_other_way(each)]
        if any_of(others) is not False:
            continue
        ssh, key = _admits_ssh(each.side), each.machine.given("KeyName")
        if ssh is False:
            yield _without_way(each)
        elif ssh and key is False:
            yield _without_key(each)
        elif ssh and key and _is_out_of_reach(each):
            yield _out_of_reach(each)


def _has_sessions(machine: Machine) -> Truth:
    """Whether Session Manager may get in, as far as its role goes."""
    if machine.given("IamInstanceProfile") is False:
        return False if machine.given("LaunchTemplate") is False else None
    role = machine.role
    return None if role is None else all_of(role.judged(each).truth for each in SESSIONS)


def _has_endpoint(bastion: Bastion) -> Truth:
    """Whether EC2 Instance Connect may get in by an endpoint in its network."""
    graph = bastion.node.graph
    return any_of(_leads(each, bastion.side) for each in graph.all(InstanceConnectEndpoint))


def _leads(endpoint: InstanceConnectEndpoint, side: Side) -> Truth:
    subnet = endpoint.subnet
    links = Listing((subnet,)) if subnet else Listing[Link[Subnet]]((), complete=False)
    door = Side("", endpoint, (), endpoint.security_groups, links)
    if door.vpc is not None and side.vpc is not None and door.vpc is not side.vpc:
        return False
    return all_of([endpoint.exists, admits("in", side, door, "tcp", SSH)])


def _has_other_way(bastion: Bastion) -> Truth:
    """Keys, users or a network of its own by its user data."""
    machine = bastion.machine
    if machine.given("UserData") is False:
        return False
    if parts_of(machine.user_data) is None:
        return None
    return OTHER_WAYS.search(bastion.user_data) is not None


def _admits_ssh(side: Side) -> Truth:
    is_known = side.groups.complete and all(
        each.node is not None and each.node.ingress.complete for each in side.groups
    )
    return any_of([*map(_may_be_ssh, rules(side, "in")), False if is_known else None])


def _may_be_ssh(rule: Rule) -> Truth:
    """At another port it may be SSH too."""
    if rule.source == "none":
        return False
    first, last = rule.first, rule.last
    covers_it = first is not None and last is not None and first <= SSH <= last
    return all_of([rule.exists, True if covers_it and rule.protocol in {"tcp", "all"} else None])


def _is_out_of_reach(bastion: Bastion) -> bool:
    """Whether it is in a subnet that nothing outside leads to."""
    subnets = bastion.side.known_subnets
    is_private = bool(subnets) and all(each.is_public is False for each in subnets)
    is_for_all = all(covers(each.cidr, "0.0.0.0/0") for each in rules(bastion.side, "in"))
    return is_private and is_for_all and not are_connected(bastion.node.graph)


def _without_way(bastion: Bastion) -> Finding:
    name = bastion.name
    key = "It has a KeyName" if bastion.machine.given("KeyName") else "It has no KeyName"
    return error(
        "D12",
        bastion.machine,
        "IamInstanceProfile",
        why=[
            f"{key}, and nobody is admitted by SSH.",
            *groups_told(bastion.side, "in"),
            _of_sessions(bastion.machine),
            "No EC2 Instance Connect endpoint gets to its port 22.",
        ],
        message=f"Nobody gets into {name}: SSH times out, Session Manager: TargetNotConnected",
        cure=(
            f"Give {name} an instance profile with AmazonSSMManagedInstanceCore, or a KeyName and "
            "a rule that admits tcp port 22 from where you are."
        ),
    )


def _without_key(bastion: Bastion) -> Finding:
    name = bastion.name
    return note(
        "D12",
        bastion.machine,
        "KeyName",
        why=[
            f"{name} has no KeyName.",
            *groups_told(bastion.side, "in"),
            _of_sessions(bastion.machine),
            "So the one way in is EC2 Instance Connect, if its image has that.",
        ],
        message="Permission denied (publickey)",
        cure=f"Give {name} a KeyName, or a profile with AmazonSSMManagedInstanceCore.",
    )


def _out_of_reach(bastion: Bastion) -> Finding:
    name = bastion.name
    subnets = " and ".join(each.resource.logical_id for each in bastion.side.known_subnets)
    return warning(
        "D12",
        bastion.machine,
        "SubnetId",
        why=[
            f"{name} is in {subnets}, to which no internet gateway leads.",
            "Nothing of these stacks connects its network to another.",
            _of_sessions(bastion.machine),
        ],
        message=f"SSH to {name} times out",
        cure=f"Put {name} into a public subnet, or give it a profile for Session Manager.",
    )


def _of_sessions(machine: Machine) -> str:
    if machine.given("IamInstanceProfile") is False:
        return "It has no instance profile, so Session Manager does not get in."
    role = machine.role
    name = role.resource.logical_id if role else "of its profile"
    denied = [each for each in SESSIONS if role and role.judged(each).truth is False]
    return f"Its role {name} may not {', '.join(denied)}, so Session Manager does not get in."
