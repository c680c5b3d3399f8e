"""What the load balancer says of tasks that run."""

from deploy.ecs.services.causes.known import Known

HEALTH = [
    Known(
        "B02",
        r"codes: \[400\]",
        "{what} answers the load balancer's health check with 400: its Host is the task's address.",
        "Answer the path before ALLOWED_HOSTS is asked, as /health does.",
        "Answer the path before the Host is looked at (ALLOWED_HOSTS in Django).",
    ),
    Known(
        "B03",
        r"codes: \[30\d\]",
        "{what} answers the load balancer's health check with a redirect.",
        "Ask for /health, which is never redirected.",
        "Ask for a path that is not redirected, to HTTPS or to one with a slash.",
    ),
    Known(
        "B01",
        r"codes: \[404\]",
        "The path of the load balancer's health check has no route in {what}: it answers 404.",
        "Set health_check to one that it has: /health.",
        "Set the target group's HealthCheckPath to one that it has.",
    ),
    Known(
        "B04",
        r"codes: \[(?P<codes>[\d, ]+)\]",
        "{what} answers the load balancer's health check with {codes}.",
        "Look at the log for why; what counts as healthy is the matcher of the target group.",
    ),
    Known(
        "B13",
        r"Target\.NotInUse.*Availability Zone|Availability Zone that is not enabled for the load",
        "Tasks of {what} run in a zone in which the load balancer is not.",
        "Give load balancer and tasks the same zones.",
        "Enable a subnet of that zone for the load balancer, or take the zone from the service.",
    ),
    Known(
        "B11",
        r"Target\.NotInUse",
        "The load balancer sends nothing to the target group of {what}.",
        "Give it a listener rule, and let the service depend on that.",
    ),
    Known(
        "B08",
        r"Target\.Timeout|Request timed out",
        "The load balancer does not reach the tasks of {what}: its requests time out.",
        "The tasks' security group has to admit the load balancer's at the port of the tasks, "
        "with bridge at 32768 to 65535.",
        "The security group of the tasks (with bridge and host: of the instances) has to admit the "
        "load balancer's at their port, with bridge at 32768 to 65535, and the load balancer's has "
        "to let it out.",
    ),
    Known(
        "B05",
        r"Target\.FailedHealthChecks|failed ELB health checks|Health checks failed",
        "The tasks of {what} do not answer the load balancer's health check.",
        "They have to listen at the port of the target group, on every address; the log shows "
        "where they do.",
        "They have to listen at the port of the target group, on every address (0.0.0.0); the log "
        "shows where they do. If they need longer to start than the service's "
        "HealthCheckGracePeriodSeconds, raise that.",
    ),
    Known(
        "B05",
        r"UnhealthyThreshold number of health checks consecutively|Target\.ResponseCodeMismatch",
        "The tasks of {what} do not answer the load balancer's health check as they should.",
        "Look at the log for why; what counts as healthy is the matcher of the target group.",
    ),
]
