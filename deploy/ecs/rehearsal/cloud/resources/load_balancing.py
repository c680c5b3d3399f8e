"""Load balancers, their listeners and rules, and target groups."""

from typing import Any

from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.resources.kind import Kind, Properties

SERVICE = "elbv2"


class LoadBalancer(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        arn = super().create(aws, properties)
        self.set_attributes(aws, arn, properties)
        return arn

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        self.set_attributes(aws, physical_id, properties)
        if before.get("Subnets") != properties.get("Subnets"):
            aws.call(SERVICE, "set_subnets", properties, LoadBalancerArn=physical_id)
        if before.get("SecurityGroups") != properties.get("SecurityGroups"):
            aws.call(SERVICE, "set_security_groups", properties, LoadBalancerArn=physical_id)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> dict[str, Any]:
        full = physical_id.partition(":loadbalancer/")[2]
        return super().read(aws, physical_id, properties) | {"LoadBalancerFullName": full}

    def set_attributes(self, aws: Aws, arn: str, properties: Properties) -> None:
        if given := properties.get("LoadBalancerAttributes"):
            operation = "modify_load_balancer_attributes"
            aws.call(SERVICE, operation, LoadBalancerArn=arn, Attributes=given)


class TargetGroup(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        arn = super().create(aws, properties)
        self.set_attributes(aws, arn, properties)
        return arn

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        super().update(aws, physical_id, before, properties)
        self.set_attributes(aws, physical_id, properties)

    def set_attributes(self, aws: Aws, arn: str, properties: Properties) -> None:
        if given := properties.get("TargetGroupAttributes"):
            operation = "modify_target_group_attributes"
            aws.call(SERVICE, operation, TargetGroupArn=arn, Attributes=given)

    def read(self, aws: Aws, physical_id: str, properties: Properties) -> dict[str, Any]:
        full = physical_id.rpartition(":")[2]
        name = full.split("/")[1]
        return {
            "TargetGroupArn": physical_id,
            "TargetGroupFullName": full,
            "TargetGroupName": name,
        }


class Rule(Kind):
    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        super().update(aws, physical_id, before, properties)
        if before["Priority"] != properties["Priority"]:
            moved = {"RuleArn": physical_id, "Priority": properties["Priority"]}
            aws.call(SERVICE, "set_rule_priorities", RulePriorities=[moved])


KINDS: dict[str, Kind] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": LoadBalancer(
        service=SERVICE,
        create_with="create_load_balancer",
        id_at="LoadBalancers[0].LoadBalancerArn",
        delete_with="delete_load_balancer",
        key="LoadBalancerArn",
        describe_with="describe_load_balancers",
        described_by="LoadBalancerArns",
        described_at="LoadBalancers[0]",
        attributes={
            "LoadBalancerArn": "LoadBalancerArn",
            "LoadBalancerName": "LoadBalancerName",
            "DNSName": "DNSName",
            "CanonicalHostedZoneID": "CanonicalHostedZoneId",
        },
        name="Name",
        longest=32,
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": TargetGroup(
        service=SERVICE,
        create_with="create_target_group",
        id_at="TargetGroups[0].TargetGroupArn",
        delete_with="delete_target_group",
        key="TargetGroupArn",
        update_with="modify_target_group",
        name="Name",
        longest=32,
    ),
    "AWS::ElasticLoadBalancingV2::Listener": Kind(
        service=SERVICE,
        create_with="create_listener",
        id_at="Listeners[0].ListenerArn",
        delete_with="delete_listener",
        key="ListenerArn",
        update_with="modify_listener",
    ),
    "AWS::ElasticLoadBalancingV2::ListenerRule": Rule(
        service=SERVICE,
        create_with="create_rule",
        id_at="Rules[0].RuleArn",
        delete_with="delete_rule",
        key="RuleArn",
        update_with="modify_rule",
    ),
}
