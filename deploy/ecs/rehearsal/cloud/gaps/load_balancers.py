"""Load balancers with names as AWS gives them, and protected ones that stay."""

from typing import Any

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer

from deploy.ecs.rehearsal.cloud.patches import Patches


def close(patches: Patches) -> None:
    create, delete = ELBv2Backend.create_load_balancer, ELBv2Backend.delete_load_balancer

    def create_named(backend: ELBv2Backend, *args: Any, **kwargs: Any) -> FakeLoadBalancer:
        load_balancer = create(backend, *args, **kwargs)
        number = int(load_balancer.arn.rpartition("/")[2], 16) % 10**10
        internal = "internal-" if load_balancer.scheme == "internal" else ""
        name = f"{internal}{load_balancer.name}-{number}.{backend.region_name}"
        load_balancer.dns_name = f"{name}.elb.amazonaws.com".lower()
        return load_balancer

    def delete_unprotected(backend: ELBv2Backend, arn: str) -> None:
        found = backend.load_balancers.get(arn)
        if found and found.attrs.get("deletion_protection.enabled") == "true":
            raise ELBClientError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        delete(backend, arn)

    patches.attribute(ELBv2Backend, "create_load_balancer", create_named)
    patches.attribute(ELBv2Backend, "delete_load_balancer", delete_unprotected)
