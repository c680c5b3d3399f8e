"""What an account has of that which templates name: one region, calls that only read."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from deploy.ecs.aws import AWS
from deploy.ecs.preflight.live.asking import Answer, Asking

LISTS = (
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
)
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
)
NO_IMAGE = ("RepositoryNotFoundException", "ImageNotFoundException")
NO_SECRET = ("ResourceNotFoundException",)
NO_SUBNET = ("InvalidSubnetID.NotFound", "InvalidSubnetID.Malformed")
NO_NETWORK = ("InvalidVpcID.NotFound", "InvalidVpcID.Malformed")
NO_ROLE = ("NoSuchEntity", "NoSuchEntityException")
MOST_NAMES = 10  # that GetParameters takes
MOST_INSTANCES = 100  # that DescribeContainerInstances takes
FARGATE_PROCESSORS = "L-3032A538"  # Fargate On-Demand vCPU resource count


class Account(Asking):
    """A fact is None where it may not be asked, and empty where there is none."""

    def __init__(self, aws: AWS) -> None:
        super().__init__(aws)
        self.region = aws.region
        identity = aws.identity
        self.id, self.caller = identity["Account"], identity["Arn"]
        self._keys: dict[object, frozenset[str] | None] = {}

    def parameters(self, names: Sequence[str]) -> dict[str, str | None]:
        """Those that may be asked; None for a name that there is not."""
        found: dict[str, str | None] = {}
        for start in range(0, len(names), MOST_NAMES):
            some = list(names[start : start + MOST_NAMES])
            answer = self.ask("ssm", "get_parameters", Names=some)
            if answer is not None:
                found |= dict.fromkeys(answer["InvalidParameters"])
                found |= {
                    each["Name"] + each.get("Selector", ""): each["Value"]
                    for each in answer["Parameters"]
                    if each["Type"] != "SecureString"
                }
        return found

    def has_parameter(self, name: str) -> bool | None:
        answer = self.ask("ssm", "get_parameters", Names=[name])
        return None if answer is None else not answer["InvalidParameters"]

    @property
    def exports(self) -> dict[str, str] | None:
        answer = self.ask("cloudformation", "list_exports")
        if answer is None:
            return None
        return {each["Name"]: each["Value"] for each in answer.get("Exports", [])}

    def image(self, repository: str, id: Mapping[str, str]) -> Answer | None:
        given = {"repositoryName": repository, "imageIds": [dict(id)]}
        return self.ask("ecr", "describe_images", NO_IMAGE, **given)

    def repository(self, name: str) -> Answer | None:
        return self.ask("ecr", "describe_repositories", NO_IMAGE, repositoryNames=[name])

    @property
    def cached_prefixes(self) -> list[str] | None:
        """Of repositories that ECR makes when somebody first pulls from them."""
        answer = self.ask("ecr", "describe_pull_through_cache_rules")
        rules = answer.get("pullThroughCacheRules", []) if answer is not None else None
        return None if rules is None else [each["ecrRepositoryPrefix"] for each in rules]

    def architectures(self, repository: str, id: Mapping[str, str]) -> set[str] | None:
        """As a list of manifests names them, such as "arm64"; None where there is only one."""
        answer = self.ask(
            "ecr",
            "batch_get_image",
            NO_IMAGE,
            repositoryName=repository,
            imageIds=[dict(id)],
            acceptedMediaTypes=[*LISTS, *MANIFESTS],
        )
        images = answer.get("images", []) if answer else []
        manifest = json.loads(images[0].get("imageManifest", "{}")) if images else {}
        if not manifest.get("manifests"):
            return None
        platforms = [each.get("platform", {}) for each in manifest["manifests"]]
        # "unknown" is an attestation, that is no image.
        return {each.get("architecture", "") for each in platforms} - {"", "unknown"} or None

    def cluster(self, name: str) -> Answer | None:
        answer = self.ask("ecs", "describe_clusters", clusters=[name])
        return None if answer is None else next(iter(answer["clusters"]), {})

    def container_instances(self, cluster: str) -> list[Answer] | None:
        listed = self.ask("ecs", "list_container_instances", cluster=cluster)
        if listed is None:
            return None
        found: list[Answer] = []
        arns = listed.get("containerInstanceArns", [])
        for start in range(0, len(arns), MOST_INSTANCES):
            some = arns[start : start + MOST_INSTANCES]
            given = {"cluster": cluster, "containerInstances": some}
            answer = self.ask("ecs", "describe_container_instances", **given)
            if answer is None:
                return None
            found += answer["containerInstances"]
        return found

    @property
    def trunks(self) -> bool | None:
        """Whether new instances get trunk interfaces; a role may have a setting of its own."""
        answer = self.ask(
            "ecs",
            "list_account_settings",
            name="awsvpcTrunking",
            effectiveSettings=True,
            principalArn=f"arn:aws:iam::{self.id}:root",
        )
        settings = answer.get("settings", []) if answer else []
        return settings[0]["value"] == "enabled" if settings else None

    @property
    def fargate_processors(self) -> float | None:
        """That may run at a time."""
        given = {"ServiceCode": "fargate", "QuotaCode": FARGATE_PROCESSORS}
        answer = self.ask("service-quotas", "get_service_quota", **given)
        return answer["Quota"]["Value"] if answer else None

    def subnet(self, id: str) -> Answer | None:
        answer = self.ask("ec2", "describe_subnets", NO_SUBNET, SubnetIds=[id])
        return None if answer is None else next(iter(answer.get("Subnets", [])), {})

    def has_dns(self, vpc: str, attribute: str) -> bool | None:
        """ "enableDnsSupport" or "enableDnsHostnames"."""
        given = {"VpcId": vpc, "Attribute": attribute}
        answer = self.ask("ec2", "describe_vpc_attribute", NO_NETWORK, **given)
        return answer[attribute[0].upper() + attribute[1:]]["Value"] if answer else None

    def network(self, vpc: str) -> Answer | None:
        answer = self.ask("ec2", "describe_vpcs", NO_NETWORK, VpcIds=[vpc])
        return None if answer is None else next(iter(answer.get("Vpcs", [])), {})

    def blocks(self, vpc: str) -> list[str]:
        network = self.network(vpc) or {}
        return [each["CidrBlock"] for each in network.get("CidrBlockAssociationSet", [])]

    def name_servers(self, vpc: str) -> list[str] | None:
        id = (self.network(vpc) or {}).get("DhcpOptionsId", "")
        if not id.startswith("dopt-"):  # of AWS's own there is nothing to tell
            return None
        options = self.ask("ec2", "describe_dhcp_options", DhcpOptionsIds=[id])
        settings = options["DhcpOptions"][0]["DhcpConfigurations"] if options else []
        servers = [each for each in settings if each["Key"] == "domain-name-servers"]
        return [each["Value"] for each in servers[0]["Values"]] if servers else None

    def secret(self, id: str) -> Answer | None:
        return self.ask("secretsmanager", "describe_secret", NO_SECRET, SecretId=id)

    def secret_keys(self, id: str, **version: str) -> frozenset[str] | None:
        """Of the JSON object in it, and nothing else of it; empty where it is none."""
        which = (id, *sorted(version.items()))
        if which not in self._keys:
            given = {"SecretId": id, **version}
            answer = self.ask_anew("secretsmanager", "get_secret_value", **given)
            written = answer.get("SecretString") if answer else None
            self._keys[which] = None if written is None else _keys(written)
        return self._keys[which]

    def secret_policy(self, id: str) -> str | None:
        """Its own; "" where it has none."""
        answer = self.ask("secretsmanager", "get_resource_policy", SecretId=id)
        return None if answer is None else answer.get("ResourcePolicy", "")

    def repository_policy(self, name: str) -> str | None:
        absent = ("RepositoryPolicyNotFoundException", *NO_IMAGE)
        answer = self.ask("ecr", "get_repository_policy", absent, repositoryName=name)
        return None if answer is None else answer.get("policyText", "")

    def key_policy(self, id: str) -> str | None:
        answer = self.ask("kms", "get_key_policy", KeyId=id, PolicyName="default")
        return None if answer is None else answer.get("Policy", "")

    def log_group(self, name: str) -> bool | None:
        answer = self.ask("logs", "describe_log_groups", logGroupNamePrefix=name)
        if answer is None:
            return None
        return any(each["logGroupName"] == name for each in answer.get("logGroups", []))

    def role(self, name: str) -> Answer | None:
        answer = self.ask("iam", "get_role", NO_ROLE, RoleName=name)
        return None if answer is None else answer.get("Role", {})

    def decision(
        self, principal: str, action: str, resource: str, context: Mapping[str, str]
    ) -> str | None:
        """ "allowed", "implicitDeny" or "explicitDeny"; None also where it hangs on what nobody
        has told."""
        entries = [
            {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
            for key, value in context.items()
        ]
        answer = self.ask(
            "iam",
            "simulate_principal_policy",
            PolicySourceArn=principal,
            ActionNames=[action],
            ResourceArns=[resource],
            ContextEntries=entries,
        )
        results: list[Any] = answer.get("EvaluationResults", []) if answer else []
        if not results or _is_open(results[0]):
            return None
        return str(results[0]["EvalDecision"])


def _keys(written: str) -> frozenset[str]:
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(found) if isinstance(found, dict) else frozenset()


def _is_open(result: Answer) -> bool:
    """Denials may hang on keys that only the real call has, such as those of an endpoint."""
    return result["EvalDecision"] != "allowed" and bool(result.get("MissingContextValues"))
