"""Instances, and the groups of them."""

import base64
from typing import Any

from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.resources.kind import Kind, Properties


class Instance(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        return super().create(aws, {"MinCount": 1, "MaxCount": 1, **in_words_of_api(properties)})

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        if before.get("UserData") != properties.get("UserData"):
            self.restart(aws, physical_id, properties)
        super().update(aws, physical_id, before, properties)

    def restart(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        """EC2 changes these data of a stopped instance only."""
        aws.call("ec2", "stop_instances", InstanceIds=[physical_id])
        data = {"Value": base64.b64decode(properties.get("UserData", ""))}
        aws.call("ec2", "modify_instance_attribute", InstanceId=physical_id, UserData=data)
        aws.call("ec2", "start_instances", InstanceIds=[physical_id])


def in_words_of_api(properties: Properties) -> dict[str, Any]:
    given = dict(properties)
    if isinstance(profile := given.get("IamInstanceProfile"), str):
        given["IamInstanceProfile"] = {"Name": profile}
    if "UserData" in given:  # which boto3 encodes itself
        given["UserData"] = base64.b64decode(given["UserData"]).decode()
    interfaces = [dict(each) for each in given.get("NetworkInterfaces", [])]
    for each in interfaces:
        each["Groups"] = each.pop("GroupSet", [])
    if interfaces:
        given["NetworkInterfaces"] = interfaces
    if "CreditSpecification" in given:
        given["CreditSpecification"] = {
            "CpuCredits": given["CreditSpecification"].get("CPUCredits", "standard")
        }
    return given


class LaunchTemplate(Kind):
    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        if before["LaunchTemplateData"] != properties["LaunchTemplateData"]:
            super().update(aws, physical_id, before, properties)


class Group(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        aws.call("autoscaling", self.create_with, in_words_of_groups(properties))
        return str(properties["AutoScalingGroupName"])

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        given = in_words_of_groups(properties)
        aws.call("autoscaling", self.update_with, given, AutoScalingGroupName=physical_id)
        if before.get("LaunchTemplate") != properties.get("LaunchTemplate"):
            self.roll(aws, physical_id)

    def roll(self, aws: Aws, physical_id: str) -> None:
        """One after the other; the group makes another in its place."""
        for instance in self.described(aws, physical_id)["Instances"]:
            aws.call(
                "autoscaling",
                "terminate_instance_in_auto_scaling_group",
                InstanceId=instance["InstanceId"],
                ShouldDecrementDesiredCapacity=False,
            )

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        named = {self.key: physical_id, "ForceDelete": True}
        aws.call("autoscaling", self.delete_with, named)


def in_words_of_groups(properties: Properties) -> dict[str, Any]:
    given = dict(properties)
    if isinstance(subnets := given.get("VPCZoneIdentifier"), list):
        given["VPCZoneIdentifier"] = ",".join(subnets)
    return given


KINDS: dict[str, Kind] = {
    "AWS::EC2::Instance": Instance(
        service="ec2",
        create_with="run_instances",
        id_at="Instances[0].InstanceId",
        delete_with="terminate_instances",
        key="InstanceIds",
        describe_with="describe_instances",
        described_at="Reservations[0].Instances[0]",
        attributes={
            "InstanceId": "InstanceId",
            "AvailabilityZone": "Placement.AvailabilityZone",
            "PrivateIp": "PrivateIpAddress",
            "PublicIp": "PublicIpAddress",
        },
        ec2="instance",
    ),
    "AWS::EC2::LaunchTemplate": LaunchTemplate(
        service="ec2",
        create_with="create_launch_template",
        id_at="LaunchTemplate.LaunchTemplateId",
        delete_with="delete_launch_template",
        key="LaunchTemplateId",
        update_with="create_launch_template_version",
        describe_with="describe_launch_templates",
        described_by="LaunchTemplateIds",
        described_at="LaunchTemplates[0]",
        attributes={
            "LaunchTemplateId": "LaunchTemplateId",
            "LatestVersionNumber": "to_string(LatestVersionNumber)",
            "DefaultVersionNumber": "to_string(DefaultVersionNumber)",
        },
        name="LaunchTemplateName",
        longest=128,
    ),
    "AWS::AutoScaling::AutoScalingGroup": Group(
        service="autoscaling",
        create_with="create_auto_scaling_group",
        id_at="",
        delete_with="delete_auto_scaling_group",
        key="AutoScalingGroupName",
        update_with="update_auto_scaling_group",
        describe_with="describe_auto_scaling_groups",
        described_by="AutoScalingGroupNames",
        described_at="AutoScalingGroups[0]",
        attributes={"AutoScalingGroupARN": "AutoScalingGroupARN"},
        name="AutoScalingGroupName",
        longest=255,
    ),
}
