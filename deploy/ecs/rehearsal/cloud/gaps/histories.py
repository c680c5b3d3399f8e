"""What moto does not keep: former deployments of a service, and what auto scaling did."""

import json

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.responses import ActionResult
from moto.ecs.responses import EC2ContainerServiceResponse

from deploy.ecs.rehearsal.cloud.patches import Patches


def close(patches: Patches) -> None:
    def no_deployments(response: EC2ContainerServiceResponse) -> ActionResult:
        return ActionResult({"serviceDeployments": []})

    def no_activities(response: ApplicationAutoScalingResponse) -> str:
        return json.dumps({"ScalingActivities": []})

    patches.attribute(EC2ContainerServiceResponse, "list_service_deployments", no_deployments)
    patches.attribute(ApplicationAutoScalingResponse, "describe_scaling_activities", no_activities)
