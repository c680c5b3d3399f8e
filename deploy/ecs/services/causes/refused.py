"""What CloudFormation and ECS refuse to make, as the events of a stack tell it."""

from deploy.ecs.services.causes.known import Known

REFUSED = [
    Known(
        "B07",
        r"target type (?P<type>\w+), which is incompatible with the (?P<mode>\w+) network mode",
        "The target group has target type {type}, which tasks with {mode} cannot be in.",
        "With awsvpc it has to be ip, with bridge and host instance.",
    ),
    Known(
        "N02",
        r"Assign public IP is not supported for this launch type",
        "Tasks of {what} are to have public addresses, which there are on Fargate only.",
        "Leave AssignPublicIp out, and give the tasks private subnets with a way out.",
    ),
    Known(
        "B20",
        r"The container (?P<container>\S+) (does not exist in the task definition"
        r"|did not have a container port \S+ defined)",
        "The load balancer of {what} is to send to a container or port that it does not have: "
        "{found}.",
        "Let ContainerName and ContainerPort be those of the task definition.",
    ),
    Known(
        "P21",
        r"No Fargate configuration exists|Invalid 'cpu' setting",
        "Fargate has no such pair of cpu and memory.",
        "Take one of its pairs, such as cpu 256 with memory 512.",
    ),
    Known(
        "A06",
        r"must also specify a value for 'executionRoleArn'",
        "The task definition of {what} has secrets and no execution role.",
        "Give it an ExecutionRoleArn.",
    ),
    Known(
        "A10",
        r"not authorized to perform: iam:PassRole.*",
        "Whoever deploys may not hand its role to {what}: {found}",
        "Let it iam:PassRole on that role, with iam:PassedToService ecs-tasks.amazonaws.com.",
    ),
    Known(
        "B14",
        r"At least two subnets in two different Availability Zones must be specified",
        "The load balancer is in fewer than two zones.",
        "Give it subnets in two.",
    ),
    Known(
        "B17",
        r"[Hh]ealth check (timeout|interval) .*must be (smaller|less|greater) than",
        "The target group's health check takes as long as its interval, or longer.",
        "Set its time-out below its interval.",
    ),
    Known(
        "X08",
        r"Priority '(?P<priority>\d+)' is currently in use",
        "Another rule of the listener has the priority {priority}.",
        "Give each rule a priority of its own.",
    ),
    Known(
        "K08",
        r"already scheduled for deletion",
        "A secret of the same name was deleted a short while ago.",
        "Restore it (aws secretsmanager restore-secret), or give the new one another name.",
    ),
    Known(
        "D08",
        r"meet Availability Zone \(AZ\) coverage requirement",
        "The database's subnets are in fewer than two zones.",
        "Give its subnet group subnets in two.",
    ),
    Known(
        "D09",
        r"DBParameterGroupFamily (?P<family>\S+) can.t be used for this instance",
        "The database's parameter group is for {family}, which its engine is not.",
        "Take a parameter group of the engine's own family.",
    ),
]
