"""ECS Exec: a command in a task that runs.

As the AWS CLI does it (awscli/customizations/ecs/executecommand.py): ECS opens a session of Systems
Manager, and the plugin for Session Manager is the terminal.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

import json
import os
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from botocore.exceptions import ClientError

from deploy.ecs.aws import AWS, refusal
from deploy.ecs.clock import Clock
from deploy.ecs.deployed import Deployed
from deploy.ecs.errors import DeploymentError
from deploy.ecs.logs.stream import CONTAINER
from deploy.ecs.tunnel import programs
from deploy.ecs.tunnel.credentials import operators
from deploy.ecs.tunnel.session import VARIABLE

POLL = 3  # seconds
PATIENCE = 60  # seconds for the agent of a task that has just started
SHELL = ("/bin/sh",)
AGENT = "ExecuteCommandAgent"
NO_WAY = (
    "Its task role needs ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel "
    "and OpenDataChannel, and its subnets a way there: egress nat, or the endpoint ssmmessages, "
    "which up makes with exec = true; or a public address."
)


@dataclass(frozen=True)
class Execution:
    aws: AWS
    clock: Clock
    deployed: Deployed
    service: str

    @property
    def client(self) -> Any:
        return self.aws.client("ecs")

    @property
    def cluster(self) -> str:
        return self.deployed.of("cluster")["Cluster"]

    def run(self, command: Sequence[str] = SHELL, task: str | None = None) -> NoReturn:
        """This process becomes the session. `task` is an id; else it is the newest of the service.

        Raises DeploymentError.
        """
        require_plugin()
        session = self.session(command, task)
        ssm = self.aws.client("ssm").meta.endpoint_url
        profile = self.aws.session.profile_name
        arguments = [
            programs.PLUGIN,
            VARIABLE,
            self.aws.region,
            "StartSession",
            "" if profile == "default" else profile,
            json.dumps({"Target": session["target"]}),
            ssm,
        ]
        # In the environment, since everybody on the machine can read arguments.
        environment = operators(self.aws.session) | {VARIABLE: json.dumps(session["session"])}
        os.execvpe(programs.PLUGIN, arguments, environment)  # noqa: S606

    def session(self, command: Sequence[str], task: str | None) -> dict[str, Any]:
        self.check_service()
        found = self.ready(self.running(task))
        [container] = [each for each in found["containers"] if each["name"] == CONTAINER]
        name = identity(found)
        try:
            answer = self.client.execute_command(
                cluster=self.cluster,
                task=found["taskArn"],
                container=CONTAINER,
                command=shlex.join(command),
                interactive=True,
            )
        except ClientError as error:
            raise self.refused(error, name) from error
        target = f"ecs:{self.cluster}_{name}_{container['runtimeId']}"
        return {"session": answer["session"], "target": target}

    def check_service(self) -> None:
        """Raises DeploymentError."""
        self.deployed.of(self.service)
        answer = self.client.describe_services(cluster=self.cluster, services=[self.service])
        services = [each for each in answer["services"] if each["status"] == "ACTIVE"]
        if not services:
            raise DeploymentError(
                f"The service {self.service} is not in the cluster.",
                "Deploy it: python -m deploy.ecs up",
            )
        if not services[0].get("enableExecuteCommand"):
            raise switched_off(f"the service {self.service}")

    def running(self, task: str | None) -> dict[str, Any]:
        arns = self.client.list_tasks(
            cluster=self.cluster, serviceName=self.service, desiredStatus="RUNNING"
        )["taskArns"]
        described = self.described(arns)
        if task:
            described = [each for each in described if identity(each) == task]
        tasks = [each for each in described if each["lastStatus"] == "RUNNING"]
        if not tasks:
            raise self.nothing_runs(described, task)
        # One that was started before exec was switched on is of no use.
        return max(tasks, key=lambda each: (each.get("enableExecuteCommand", False), age(each)))

    def described(self, arns: Sequence[str]) -> list[dict[str, Any]]:
        if not arns:
            return []
        return list(self.client.describe_tasks(cluster=self.cluster, tasks=list(arns))["tasks"])

    def ready(self, task: Mapping[str, Any]) -> Mapping[str, Any]:
        """With its agent running. Raises DeploymentError."""
        if not task.get("enableExecuteCommand"):
            raise switched_off(f"the task {identity(task)}, which is older than the setting,")
        until = self.clock.now().timestamp() + PATIENCE
        while (agent := agent_of(task)).get("lastStatus") != "RUNNING":
            if agent.get("lastStatus") == "STOPPED" or self.clock.now().timestamp() > until:
                raise self.without_agent(task, agent)
            self.clock.sleep(POLL)
            [task] = self.described([task["taskArn"]])
        return task

    # Why not.

    def nothing_runs(
        self, starting: Sequence[Mapping[str, Any]], task: str | None
    ) -> DeploymentError:
        if task:
            return DeploymentError(
                f"No task {task} of {self.service} runs.",
                f"Leave --task out for the newest, or see which there are: python -m deploy.ecs "
                f"status {self.service}",
            )
        states = ", ".join(f"{identity(each)} is {each['lastStatus']}" for each in starting)
        return DeploymentError(
            f"No task of {self.service} runs{f': {states}' if states else ''}.",
            f"See why: python -m deploy.ecs diagnose. What the last ones said is kept: python -m "
            f"deploy.ecs logs {self.service}",
            fault="" if states else "E05",
        )

    def without_agent(self, task: Mapping[str, Any], agent: Mapping[str, Any]) -> DeploymentError:
        described = self.client.describe_task_definition(taskDefinition=task["taskDefinitionArn"])
        [container] = described["taskDefinition"]["containerDefinitions"]
        if container.get("readonlyRootFilesystem"):
            return DeploymentError(
                f"The agent of ECS Exec cannot start in the task {identity(task)}: its root file "
                "system is read-only.",
                "Deploy it with exec = true, which makes it writable: python -m deploy.ecs up",
                fault="E03",
            )
        said = [agent["reason"]] if agent.get("reason") else []
        return DeploymentError(
            f"The agent of ECS Exec does not run in the task {identity(task)}.",
            NO_WAY,
            said,
            "E01",
        )

    def refused(self, error: ClientError, task: str) -> DeploymentError:
        code = error.response["Error"]["Code"]
        message = error.response["Error"].get("Message", "")
        if code == "TargetNotConnectedException":
            return DeploymentError(
                f"The agent of ECS Exec in the task {task} has no connection to Systems Manager.",
                NO_WAY,
                [message],
                "E01",
            )
        if code == "InvalidParameterException" and "execute command" in message:
            return switched_off(f"the task {task}")
        return refusal(error)


def require_plugin() -> None:
    """Raises DeploymentError."""
    if shutil.which(programs.PLUGIN) is None:
        raise DeploymentError(
            f"The program {programs.PLUGIN}, which is the terminal, is not on this machine's PATH.",
            programs.FROM[programs.PLUGIN],
        )


def switched_off(what: str) -> DeploymentError:
    return DeploymentError(
        f"ECS Exec is switched off for {what.rstrip(',')}.",
        "Set exec = true in deployment.toml and deploy it: python -m deploy.ecs up. It replaces "
        "the tasks, and their root file systems are writable as long as it is on.",
        fault="E02",
    )


def identity(task: Mapping[str, Any]) -> str:
    return str(task["taskArn"].rpartition("/")[2])


def age(task: Mapping[str, Any]) -> float:
    created = task.get("createdAt")
    return created.timestamp() if created else 0


def agent_of(task: Mapping[str, Any]) -> Mapping[str, Any]:
    for container in task["containers"]:
        for agent in container.get("managedAgents", []):
            if container["name"] == CONTAINER and agent["name"] == AGENT:
                return dict(agent)
    return {}
