"""What is said of the whole, by ECS before a task exists."""

from deploy.ecs.services.causes.known import WAITS, Known

PLACEMENT = [
    Known(
        "P01",
        r"insufficient memory available|RESOURCE:MEMORY",
        "No instance has as much memory as a task of {what} asks for.",
        "Lower memory in [task], or take a larger instance_type or more instances.",
        "Lower the task's memory, or give the cluster larger instances or more of them.",
    ),
    Known(
        "P02",
        r"insufficient CPU units available|RESOURCE:CPU",
        "No instance has as many processor shares as a task of {what} asks for.",
        "Lower cpu in [task], or take a larger instance_type or more instances.",
        "Lower the task's cpu, or give the cluster larger instances or more of them.",
    ),
    Known(
        "P03",
        r"RESOURCE:ENI",
        "No instance has a network interface left for a task of {what}; with awsvpc each takes "
        "one.",
        "Take a larger instance_type, more instances, or network_mode bridge.",
        "Give the cluster larger instances or more of them, let them have trunk interfaces "
        "(awsvpcTrunking, for instances that start after it is on), or take network mode bridge.",
    ),
    Known(
        "P05",
        r"already using a port required by your task|RESOURCE:PORTS",
        "The port of {what} is taken on every instance; with host each holds one task of a "
        "service.",
        "Take more instances, or network_mode bridge or awsvpc.",
        "Leave the host port out, so that Docker chooses one, or give the cluster more instances.",
    ),
    Known(
        "P13",
        r"encountered error \"AGENT\"|\bAGENT\b",
        "ECS has no connection to the agent of the instances that {what} is to run on.",
        "End these instances; the auto scaling group starts others. If they come to the same, "
        "their subnets lack a way to ECS: egress.",
        "Restart the agent (systemctl restart ecs) or replace the instances. If it comes to the "
        "same, their subnets lack a way to ECS: NAT, or endpoints for ecs, ecs-agent and "
        "ecs-telemetry.",
    ),
    Known(
        "P11",
        rf"(?i)No container instances? were found in your cluster|EMPTY CAPACITY PROVIDER|{WAITS}",
        "No instance with a place for {what} has joined the cluster.",
        "See that its subnets have a way to ECS (egress nat or endpoints, or tasks_in public), "
        "that instances.max admits one more, that an instance_type is as large as [task], and that "
        "the account may start it, as the activity of the auto scaling group says.",
        "See that the auto scaling group may start one more, as its activity says; that its user "
        "data names the cluster (ECS_CLUSTER); that its role has "
        "AmazonEC2ContainerServiceforEC2Role; and that its subnets have a way to ECS.",
    ),
    Known(
        "P14",
        r"missing an attribute required by your task|ATTRIBUTE|placement constraint unsatisfied",
        "No instance has an attribute that a task of {what} needs: {found}.",
        "Take an instance_type and an image for ECS that have it.",
        "Give the service's subnets and the instances' the same zones, the instances the log "
        "driver and the capabilities that the task definition names, or take those out of it.",
    ),
    Known(
        "P17",
        r"reached the limit on the number of (?P<of>tasks|vCPUs)",
        "The account's limit on the number of {of} at a time is reached.",
        "Ask AWS for more under Service Quotas, or run fewer tasks.",
    ),
    Known(
        "P17",
        r"The requested (?P<of>CPU|MEMORY) configuration is above your limit",
        "The account's limit of Fargate is below the {of} that a task of {what} asks for.",
        "Ask AWS for more under Service Quotas, or take a smaller task.",
    ),
    Known(
        "P16",
        r"unable to place a task\. Reason: Internal error",
        "Fargate is not offered in a zone of the subnets of {what}.",
        "Take subnets in other zones: zones in deployment.toml.",
        "Take subnets in other zones.",
    ),
    Known(
        "P18",
        r"InsufficientFreeAddressesInSubnet|not have enough free addresses",
        "The subnets of {what} have no addresses left.",
        "Give it larger subnets, or run fewer tasks.",
    ),
    Known(
        "A09",
        r"(?i)Unable to assume the service.linked role",
        "ECS may not act for this account yet, as on the day of its first cluster.",
        "Wait a minute and give the same command again: it goes on where it was.",
    ),
    Known(
        "B11",
        r"does not have an associated load balancer",
        "The target group of {what} belongs to no listener of a load balancer.",
        "Give it a listener rule, and let the service depend on that.",
    ),
    Known(
        "P07",
        r"unable to stop or start tasks during a deployment because of the service deployment conf",
        "Minimum and maximum healthy percent leave {what} no room to replace a task.",
        "Raise the maximum percent, or lower the minimum.",
    ),
    # Fargate's and Spot's, which are no fault of the deployment's.
    Known(
        "",
        r"Capacity is unavailable at this time|RESOURCE:FARGATE|Spot Task was interrupted",
        "AWS has no capacity for a task of {what} at the moment.",
        "Wait, or take subnets in more zones.",
    ),
]
