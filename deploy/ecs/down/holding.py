"""What keeps AWS from deleting a resource, where more can be said than AWS does."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS
from deploy.ecs.cloudformation.stack import Event

FILTERS = {
    "AWS::EC2::SecurityGroup": "group-id",
    "AWS::EC2::Subnet": "subnet-id",
    "AWS::EC2::VPC": "vpc-id",
    "AWS::EC2::InternetGateway": "vpc-id",
}


def held(aws: AWS, event: Event) -> str:
    """One sentence of what could not be deleted and why."""
    what = f"{event.logical_id} ({event.type} {event.physical_id})"
    holders = [*interfaces(aws, event), *groups(aws, event)]
    by = f" It is held by {', '.join(holders)}." if holders else ""
    return f"{what}: {event.reason}{by}"


def interfaces(aws: AWS, event: Event) -> Iterator[str]:
    name = FILTERS.get(event.type)
    if name is None or not event.physical_id:
        return
    wanted = {"Name": name, "Values": [event.physical_id]}
    try:
        found = aws.client("ec2").describe_network_interfaces(Filters=[wanted])
    except ClientError:  # gone meanwhile, or not allowed: then AWS's own words have to do
        return
    for each in found["NetworkInterfaces"][:5]:
        yield f"the network interface {each['NetworkInterfaceId']}{use_of(each)}"


def use_of(interface: Mapping[str, Any]) -> str:
    instance = interface.get("Attachment", {}).get("InstanceId")
    said = interface.get("Description") or (f"of {instance}" if instance else "")
    return f" ({said})" if said else ""


def groups(aws: AWS, event: Event) -> Iterator[str]:
    """Other security groups whose rules name this one."""
    if event.type != "AWS::EC2::SecurityGroup" or not event.physical_id:
        return
    wanted = {"Name": "ip-permission.group-id", "Values": [event.physical_id]}
    try:
        found = aws.client("ec2").describe_security_groups(Filters=[wanted])
    except ClientError:
        return
    for each in found["SecurityGroups"][:5]:
        if each["GroupId"] != event.physical_id:
            yield f"a rule of the security group {each['GroupId']} ({each['GroupName']})"
