"""Roles, instance profiles, policies and identity providers."""

import json
from typing import Any

from deploy.ecs.rehearsal.cloud.resources.calls import Aws
from deploy.ecs.rehearsal.cloud.resources.kind import Kind, Properties


class Role(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        role = super().create(aws, as_text(properties, "AssumeRolePolicyDocument"))
        self.set_policies(aws, role, {}, properties)
        return role

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        trust = json.dumps(properties["AssumeRolePolicyDocument"])
        aws.call("iam", self.update_with, RoleName=physical_id, PolicyDocument=trust)
        self.set_policies(aws, physical_id, before, properties)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        self.set_policies(aws, physical_id, properties, {})
        super().delete(aws, physical_id, properties)

    def set_policies(self, aws: Aws, role: str, before: Properties, after: Properties) -> None:
        old, new = (each.get("Policies", []) for each in (before, after))
        for policy in new:
            given = as_text(policy, "PolicyDocument")
            aws.call("iam", "put_role_policy", given, RoleName=role)
        for name in {each["PolicyName"] for each in old} - {each["PolicyName"] for each in new}:
            aws.call("iam", "delete_role_policy", RoleName=role, PolicyName=name)
        held, wanted = ({*each.get("ManagedPolicyArns", [])} for each in (before, after))
        for arn in wanted - held:
            aws.call("iam", "attach_role_policy", RoleName=role, PolicyArn=arn)
        for arn in held - wanted:
            aws.call("iam", "detach_role_policy", RoleName=role, PolicyArn=arn)


def as_text(properties: Properties, name: str) -> dict[str, Any]:
    return {**properties, name: json.dumps(properties[name])}


class InstanceProfile(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        profile = super().create(aws, properties)
        self.set_roles(aws, "add_role_to_instance_profile", profile, properties)
        return profile

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        self.set_roles(aws, "remove_role_from_instance_profile", physical_id, before)
        self.set_roles(aws, "add_role_to_instance_profile", physical_id, properties)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        self.set_roles(aws, "remove_role_from_instance_profile", physical_id, properties)
        super().delete(aws, physical_id, properties)

    def set_roles(self, aws: Aws, verb: str, profile: str, properties: Properties) -> None:
        for role in properties["Roles"]:
            aws.call("iam", verb, InstanceProfileName=profile, RoleName=role)


class ManagedPolicy(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        words = {"PolicyName": properties["ManagedPolicyName"]}
        arn = super().create(aws, as_text(properties, "PolicyDocument") | words)
        for role in properties.get("Roles", []):
            aws.call("iam", "attach_role_policy", RoleName=role, PolicyArn=arn)
        return arn

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        given = as_text(properties, "PolicyDocument")
        named = {self.key: physical_id, "SetAsDefault": True}
        aws.call("iam", self.update_with, given, named)

    def delete(self, aws: Aws, physical_id: str, properties: Properties) -> None:
        for role in properties.get("Roles", []):
            aws.call("iam", "detach_role_policy", RoleName=role, PolicyArn=physical_id)
        super().delete(aws, physical_id, properties)


class IdentityProvider(Kind):
    def create(self, aws: Aws, properties: Properties) -> str:
        # IAM finds the certificate's out itself; moto insists on one.
        return super().create(aws, {"ThumbprintList": ["0" * 40], **properties})

    def update(
        self, aws: Aws, physical_id: str, before: Properties, properties: Properties
    ) -> None:
        old, new = ({*each.get("ClientIdList", [])} for each in (before, properties))
        named = {self.key: physical_id}
        for each in new - old:
            operation = "add_client_id_to_open_id_connect_provider"
            aws.call("iam", operation, named, ClientID=each)
        for each in old - new:
            operation = "remove_client_id_from_open_id_connect_provider"
            aws.call("iam", operation, named, ClientID=each)


KINDS: dict[str, Kind] = {
    "AWS::IAM::Role": Role(
        service="iam",
        create_with="create_role",
        id_at="Role.RoleName",
        delete_with="delete_role",
        key="RoleName",
        update_with="update_assume_role_policy",
        describe_with="get_role",
        described_at="Role",
        attributes={"Arn": "Arn", "RoleId": "RoleId"},
        name="RoleName",
    ),
    "AWS::IAM::InstanceProfile": InstanceProfile(
        service="iam",
        create_with="create_instance_profile",
        id_at="InstanceProfile.InstanceProfileName",
        delete_with="delete_instance_profile",
        key="InstanceProfileName",
        describe_with="get_instance_profile",
        described_at="InstanceProfile",
        attributes={"Arn": "Arn"},
        name="InstanceProfileName",
        longest=128,
    ),
    "AWS::IAM::ManagedPolicy": ManagedPolicy(
        service="iam",
        create_with="create_policy",
        id_at="Policy.Arn",
        delete_with="delete_policy",
        key="PolicyArn",
        update_with="create_policy_version",
        name="ManagedPolicyName",
        longest=128,
    ),
    "AWS::IAM::OIDCProvider": IdentityProvider(
        service="iam",
        create_with="create_open_id_connect_provider",
        id_at="OpenIDConnectProviderArn",
        delete_with="delete_open_id_connect_provider",
        key="OpenIDConnectProviderArn",
    ),
}
