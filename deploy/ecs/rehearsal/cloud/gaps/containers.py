"""ECS services, of which moto drops half."""

from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.models import Service
from moto.ecs.responses import EC2ContainerServiceResponse

from deploy.ecs.rehearsal.cloud.patches import Patches

# Parameters of CreateService and UpdateService, and the attributes that describe_services reads.
KEPT = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "capacityProviderStrategy": "capacity_provider_strategy",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "loadBalancers": "load_balancers",
    "networkConfiguration": "network_configuration",
    "placementConstraints": "placement_constraints",
    "placementStrategy": "placement_strategy",
    "propagateTags": "propagate_tags",
    "serviceRegistries": "service_registries",
}


def close(patches: Patches) -> None:
    for operation in ("create_service", "update_service"):
        original = getattr(EC2ContainerServiceResponse, operation)
        patches.attribute(EC2ContainerServiceResponse, operation, keeping(original))


def keeping(original: Any) -> Any:
    def answer(response: EC2ContainerServiceResponse) -> ActionResult:
        given = {name: response._get_param(name) for name in KEPT}
        if given["capacityProviderStrategy"]:
            # It is one or the other; without either moto takes EC2.
            check_strategy(response)
        result: ActionResult = original(response)
        found: Any = result.result
        service: Service = found["service"]
        for name, value in given.items():
            if value is not None:
                setattr(service, KEPT[name], value)
        if given["capacityProviderStrategy"]:
            service.launch_type = None
        return result

    return answer


def check_strategy(response: EC2ContainerServiceResponse) -> None:
    from moto.ecs.exceptions import InvalidParameterException

    if response._get_param("launchType"):
        raise InvalidParameterException(
            "Specifying both a launch type and capacity provider strategy is not supported. "
            "Remove one and try again."
        )
