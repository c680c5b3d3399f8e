"""What is there of a deployment and how it is. Only asks."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from deploy.ecs.address import problem, urls
from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.cloudformation.resources import physical_ids
from deploy.ecs.cloudformation.stack import CloudFormationStack
from deploy.ecs.cloudformation.state import StackState
from deploy.ecs.deployed import Deployed
from deploy.ecs.down.protection import DATABASE, DOCUMENTS, database, documents
from deploy.ecs.errors import DeploymentError
from deploy.ecs.image import Images
from deploy.ecs.services.state import Services, ServiceState
from deploy.ecs.stacks import Parts

CERTIFICATE = "AWS::CertificateManager::Certificate"
# A database that does not work and does not recover by itself.
BROKEN = ("storage-full", "failed", "incompatible", "inaccessible", "stopped", "restore-error")
UP = "Give: python -m deploy.ecs up"


@dataclass
class Status:
    stacks: list[StackState]
    services: list[ServiceState] = field(default_factory=list)
    url: str = ""
    answers: dict[str, str] = field(default_factory=dict)  # by service; empty where it does
    certificate: str = ""
    databases: dict[str, str] = field(default_factory=dict)
    alarms: dict[str, str] = field(default_factory=dict)
    bastion: str = ""
    failures: dict[str, DeploymentError] = field(default_factory=dict)  # of services taken back
    problems: list[DeploymentError] = field(default_factory=list)

    @property
    def is_there(self) -> bool:
        return any(each.is_there for each in self.stacks)

    @property
    def is_busy(self) -> bool:
        return any(each.is_busy for each in self.stacks)


@dataclass
class Asking:
    aws: AWS
    parts: Parts
    clock: Clock
    http: requests.Session = field(default_factory=requests.Session)

    def stack(self, part: str) -> CloudFormationStack:
        return CloudFormationStack(self.aws, self.parts.stack_name(part), self.clock)

    def status(self) -> Status:
        found = Status([StackState.of(name, self.stack(name)) for name in self.parts.names])
        if not found.is_there:
            return found
        deployed = Deployed.find(self.aws, self.parts)
        cluster = deployed.outputs["cluster"]
        if cluster:
            asked = self.asked(deployed)
            states = [asked.state(name) for name in self.parts.deployment.services]
            found.services = [each for each in states if each]
            found.failures = self.failures(found, asked)
            found.url = cluster["BaseUrl"]
            found.certificate = self.certificate()
        if found.services:
            addresses = urls(self.parts, found.url).items()
            found.answers = {name: problem(self.http, url) or "" for name, url in addresses}
        found.databases = self.databases()
        found.alarms = self.alarms()
        found.bastion = self.bastion(deployed.outputs["bastion"])
        found.problems = list(self.problems(found, cluster))
        return found

    def asked(self, deployed: Deployed) -> Services:
        cluster, registry = deployed.outputs["cluster"], deployed.outputs["registry"]
        images = Images.of(self.aws, registry) if registry else None
        return Services(self.aws, self.clock, cluster["Cluster"], cluster["LogGroup"], images)

    def failures(self, found: Status, asked: Services) -> dict[str, DeploymentError]:
        """Why services were rolled back, as long as ECS knows."""
        unwell = {each.name for each in found.services if each.problem}
        failed = [
            each.part
            for each in found.stacks
            if each.part in self.parts.deployment.services
            and each.failures
            and each.part not in unwell
        ]
        known = {name: asked.last_failure(name, self.parts.stack_name(name)) for name in failed}
        return {name: error for name, error in known.items() if error}

    def certificate(self) -> str:
        """The status of the shop's; empty with HTTP."""
        arns = physical_ids(self.stack("cluster"), [CERTIFICATE])[CERTIFICATE]
        if arn := self.parts.deployment.certificate or next(iter(arns), ""):
            described = self.aws.client("acm").describe_certificate(CertificateArn=arn)
            return str(described["Certificate"]["Status"])
        return ""

    def databases(self) -> dict[str, str]:
        ids = physical_ids(self.stack("data"), [DATABASE, DOCUMENTS])
        instances = {name: database(self.aws, name) for name in ids[DATABASE]}
        clusters = {name: documents(self.aws, name) for name in ids[DOCUMENTS]}
        states = {name: each["DBInstanceStatus"] for name, each in instances.items() if each}
        return states | {name: each["Status"] for name, each in clusters.items() if each}

    def alarms(self) -> dict[str, str]:
        """Those in ALARM, with why."""
        pages = (
            self.aws.client("cloudwatch")
            .get_paginator("describe_alarms")
            .paginate(AlarmNamePrefix=self.parts.stack_name(""))
        )
        return {
            each["AlarmName"]: each.get("StateReason", "")
            for page in pages
            for each in page["MetricAlarms"]
            if each["StateValue"] == "ALARM"
        }

    def bastion(self, outputs: Any) -> str:
        if not outputs:
            return ""
        found = self.aws.client("ec2").describe_instances(
            Filters=[{"Name": "instance-id", "Values": [outputs["InstanceId"]]}]
        )["Reservations"]
        return str(found[0]["Instances"][0]["State"]["Name"]) if found else "gone"

    # What is wrong, the first cause first.

    def problems(self, found: Status, cluster: Any) -> Iterator[DeploymentError]:
        # What a service says of itself is more than that its stack failed.
        unwell = {each.name: each.problem for each in found.services if each.problem}
        for each in found.stacks:
            if each.is_wrong and each.part not in unwell:
                yield found.failures.get(each.part) or stack_problem(each)
        missing = [each.name for each in found.stacks if not each.is_there]
        if missing and not found.is_busy:
            yield DeploymentError(f"The deployment is not complete: {missing[0]} is missing.", UP)
        for name, state in found.databases.items():
            if state.startswith(BROKEN):
                yield DeploymentError(
                    f"The database {name} is {state}.",
                    "The events of the database in the console of RDS say why.",
                )
        yield from unwell.values()
        if not unwell and not found.is_busy:
            yield from self.unanswered(found, cluster)
        for name, why in found.alarms.items():
            yield DeploymentError(
                f"The alarm {name} is on: {why}", "See: python -m deploy.ecs logs"
            )

    def unanswered(self, found: Status, cluster: Any) -> Iterator[DeploymentError]:
        wrong = {name: why for name, why in found.answers.items() if why}
        if not wrong:
            return
        host = str(urlsplit(found.url).hostname)
        if not resolves(host):
            yield DeploymentError(
                f"{host} does not resolve.", unresolved(host, cluster["LoadBalancerDnsName"])
            )
            return
        for name, why in wrong.items():
            yield DeploymentError(
                f"{name} runs, and {urls(self.parts, found.url)[name]} {why}.",
                f"See: python -m deploy.ecs logs {name}",
            )


def unresolved(host: str, load_balancer: str) -> str:
    """The cure."""
    if host.lower() == load_balancer.lower():
        return "A load balancer's name is known within some minutes; ask again then."
    return f"Make it a CNAME of {load_balancer}, or wait until a record that was made is known."


def stack_problem(stack: StackState) -> DeploymentError:
    why = stack.failures[0] if stack.failures else "CloudFormation says no more."
    return DeploymentError(
        f"The stack {stack.name} is {stack.status}: {why}",
        f"{stack.meaning} Correct what it names. {UP}",
    )


def resolves(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, None))
    except OSError:
        return False
