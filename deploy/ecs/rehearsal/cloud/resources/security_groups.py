"""Security groups, whose rules EC2's API takes in another shape than a template has them."""

from collections.abc import Iterable, Mapping
from typing import Any

from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.resources.kind import Kind, Properties

DIRECTIONS = {"ingress": "SecurityGroupIngress", "egress": "SecurityGroupEgress"}
EVERYWHERE = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}


def permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule}
    described = {"Description": rule["Description"]} if "Description" in rule else {}
    group = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    if group:
        found["UserIdGroupPairs"] = [{"GroupId": group, **described}]
    elif "CidrIp" in rule:
        found["IpRanges"] = [{"CidrIp": rule["CidrIp"], **described}]
    elif "CidrIpv6" in rule:
        found["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **described}]
    else:
        prefixes = rule.get("SourcePrefixListId") or rule.get("DestinationPrefixListId")
        found["PrefixListIds"] = [{"PrefixListId": prefixes, **described}]
    return found


def change(aws: Aws, verb: str, direction: str, group: str, rules: Iterable[Properties]) -> Any:
    """`verb` is authorize or revoke."""
    permissions = [permission(rule) for rule in rules]
    if not permissions:
        return None
    operation = f"{verb}_security_group_{direction}"
    return aws.call("ec2", operation, GroupId=group, IpPermissions=permissions)


class Group(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        group = super().create(aws, {**properties, "Description": properties["GroupDescription"]})
        if properties.get("SecurityGroupEgress"):
            change(aws, "revoke", "egress", group, [EVERYWHERE])
        for direction, name in DIRECTIONS.items():
            change(aws, "authorize", direction, group, properties.get(name, []))
        return group

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        super().update(aws, physical_id, before, properties)
        for direction, name in DIRECTIONS.items():
            old, new = ([*each.get(name, [])] for each in (before, properties))
            gone = [each for each in old if each not in new]
            change(aws, "revoke", direction, physical_id, gone)
            change(
                aws, "authorize", direction, physical_id, [each for each in new if each not in old]
            )


class Rule(Kind):
    """A rule of its own; it is named by what it is made of, since moto's ids of rules change."""

    @property
    def direction(self) -> str:
        return self.create_with.rpartition("_")[2]

    def create(self, aws: Aws, properties: Properties) -> str:
        group = properties["GroupId"]
        answer = change(aws, "authorize", self.direction, group, [properties])
        return str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        change(aws, "revoke", self.direction, properties["GroupId"], [properties])


KINDS: dict[str, Kind] = {
    "AWS::EC2::SecurityGroup": Group(
        service="ec2",
        create_with="create_security_group",
        id_at="GroupId",
        delete_with="delete_security_group",
        key="GroupId",
        describe_with="describe_security_groups",
        described_by="GroupIds",
        described_at="SecurityGroups[0]",
        attributes={"GroupId": "GroupId", "VpcId": "VpcId"},
        name="GroupName",
        longest=255,
        ec2="security-group",
    ),
    "AWS::EC2::SecurityGroupIngress": Rule(
        service="ec2", create_with="authorize_security_group_ingress", id_at="", key=""
    ),
    "AWS::EC2::SecurityGroupEgress": Rule(
        service="ec2", create_with="authorize_security_group_egress", id_at="", key=""
    ),
}
