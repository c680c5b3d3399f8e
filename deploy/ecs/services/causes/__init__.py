"""The first cause of a failure, in what ECS, the load balancer and the application said of it.

Ids are those of docs/deployment-faults.md. Messages are AWS's, quoted in its documentation:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
or in its agent's source: https://github.com/aws/amazon-ecs-agent
"""

from deploy.ecs.services.causes.application import APPLICATION
from deploy.ecs.services.causes.first import all_causes, first_cause
from deploy.ecs.services.causes.health import HEALTH
from deploy.ecs.services.causes.known import WAITS, Evidence, Known
from deploy.ecs.services.causes.placement import PLACEMENT
from deploy.ecs.services.causes.refused import REFUSED
from deploy.ecs.services.causes.state import BREAKER, STATE
from deploy.ecs.services.causes.stopping import STOPPING

__all__ = [
    "APPLICATION",
    "BREAKER",
    "HEALTH",
    "PLACEMENT",
    "REFUSED",
    "STATE",
    "STOPPING",
    "WAITS",
    "Evidence",
    "Known",
    "all_causes",
    "first_cause",
]
