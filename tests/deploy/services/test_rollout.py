import pytest

from deploy.ecs.aws import AWS
from deploy.ecs.clock import Clock
from deploy.ecs.errors import DeploymentError
from deploy.ecs.services.rollout import Rollout
from deploy.ecs.services.watch import ServiceWatch
from tests.deploy.amazon import Amazon
from tests.deploy.cluster import CLUSTER, LOG_GROUP
from tests.deploy.running_services import Service


@pytest.fixture
def service(amazon: Amazon) -> Service:
    return Service(amazon, "accounts", ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"])


@pytest.fixture
def rollout(aws: AWS, clock: Clock) -> Rollout:
    return Rollout(ServiceWatch(aws, CLUSTER, "accounts", LOG_GROUP, clock.now()), clock)


def test_waits_until_it_is_steady(rollout: Rollout, service: Service) -> None:
    rollout.restart()
    assert service.looks == 6
    [update] = service.updates
    assert update == {"cluster": CLUSTER, "service": "accounts", "forceNewDeployment": True}


@pytest.mark.parametrize("rolled_back", [False, True])
def test_circuit_breaker(rolled_back: bool, rollout: Rollout, service: Service) -> None:
    service.states, service.rolled_back = ["IN_PROGRESS", "FAILED"], rolled_back
    service.says = "(service accounts) was unable to place a task because no container instance met"
    service.says += " all of its requirements. The closest matching container-instance i has "
    service.says += "insufficient memory available."
    with pytest.raises(DeploymentError) as failed:
        rollout.restart()
    assert failed.value.fault == "P01"


def test_superseded(rollout: Rollout, service: Service) -> None:
    """Another deployment began meanwhile, and ours is no longer to be seen."""
    with pytest.raises(DeploymentError, match="did not become healthy"):
        rollout.wait("ecs-svc/0")


def test_without_an_end(rollout: Rollout, service: Service) -> None:
    service.states = ["IN_PROGRESS"]
    fast = Rollout(rollout.watch, Clock(rate=1e6))
    with pytest.raises(DeploymentError, match="The service accounts did not become healthy"):
        fast.restart()


def test_deleted_meanwhile(rollout: Rollout, amazon: Amazon, service: Service) -> None:
    amazon.answers["DescribeServices"] = lambda request: {"services": [], "failures": []}
    with pytest.raises(DeploymentError, match="The service accounts was deleted meanwhile"):
        rollout.restart()
