"""What is seen where ECS says nothing. The sentences are those of deploy/ecs/diagnose/facts.py."""

from deploy.ecs.services.causes.known import Known

STATE = [
    Known(
        "P10",
        r"host port (?P<port>\d+), which every instance keeps for itself",
        "{what} asks for the host port {port}, which SSH, Docker or ECS's agent has.",
        "Leave the host port out, or take another one.",
    ),
    Known(
        "P15",
        r"instances? .*has 100 host ports in use",
        "An instance has all the 100 host ports in use that ECS gives out on one.",
        "Take awsvpc, or more instances.",
    ),
    Known(
        "P13",
        r"the agent of .* is disconnected, and no other instance has one that is connected",
        "ECS has no connection to the agent of the instances that {what} is to run on.",
        "End these instances; the auto scaling group starts others. If they come to the same, "
        "their subnets lack a way to ECS: egress.",
        "Restart the agent (systemctl restart ecs) or replace the instances. If it comes to the "
        "same, their subnets lack a way to ECS: NAT, or endpoints for ecs, ecs-agent and "
        "ecs-telemetry.",
    ),
    Known(
        "P11",
        r"no container instance is registered in the cluster",
        "No instance with a place for {what} has joined the cluster.",
        "See that its subnets have a way to ECS (egress nat or endpoints, or tasks_in public), "
        "that instances.max admits one more, that an instance_type is as large as [task], and that "
        "the account may start it, as the activity of the auto scaling group says.",
        "See that the auto scaling group may start one more, as its activity says; that its user "
        "data names the cluster (ECS_CLUSTER); that its role has "
        "AmazonEC2ContainerServiceforEC2Role; and that its subnets have a way to ECS.",
    ),
    Known(
        "P08",
        r"an instance as a whole is large enough for a task, and the former tasks of .* hold it",
        "No instance has room for a new task of {what} beside the former ones.",
        "Raise instances.min and instances.max, or take a larger instance_type.",
        "Give the cluster one more instance or larger ones, or lower the service's minimum "
        "healthy percent, so that ECS ends a former task first.",
    ),
    Known(
        "P06",
        r"every instance has a former task at its fixed host port, and none may be ended first",
        "The former tasks of {what} hold its host port on every instance, and the minimum of "
        "healthy tasks keeps ECS from ending one.",
        "Take one more instance, or network_mode bridge or awsvpc.",
        "Leave the host port out, or add an instance, or lower the minimum healthy percent.",
    ),
    Known(
        "P07",
        r"of (?P<desired>\d+) desired tasks at least (?P<least>\d+) have to run and at most "
        r"(?P<most>\d+) may",
        "Minimum and maximum healthy percent leave {what} no room to replace a task.",
        "Raise the maximum percent, or lower the minimum.",
    ),
]
# Of a deployment as a whole, where nothing else explains it: after the fact, since who watches it
# knows more.
BREAKER = [
    Known(
        "C11",
        r"no deployment before it was ever complete",
        "The first deployment of {what} failed, and there is none before that ECS could go back "
        "to.",
        "Deploy again, and diagnose within an hour, while ECS knows its tasks.",
    ),
    Known(
        "C10",
        r"deployment circuit breaker|(?i:circuit breaker was triggered)"
        r"|deployment failed: tasks failed to start|rolling back to deployment|^ROLLBACK_\w+",
        "ECS took a deployment of {what} back, and what its tasks said is no longer known.",
        "Deploy again: up keeps what they say, and diagnose shows it.",
        "Deploy again, and diagnose within an hour, while ECS knows its tasks.",
    ),
    Known(
        "C12",
        r"tasks have failed, and no circuit breaker ends the deployment",
        "Tasks of {what} fail one after the other, and nothing ends its deployment.",
        "Look at the log of its tasks, and switch the deployment circuit breaker on.",
    ),
]
