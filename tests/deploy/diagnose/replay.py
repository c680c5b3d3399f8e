"""AWS that gives recorded answers, each held against boto3's model of the operation."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from deploy.ecs.aws import AWS
from tests.deploy.amazon import ACCOUNT, CREDENTIALS, REGION

Answer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]] | str
NOTHING: dict[str, Answer] = {
    "sts.GetCallerIdentity": {"Account": ACCOUNT},
    "ecs.ListServiceDeployments": {"serviceDeployments": []},
    "ecs.ListTasks": {"taskArns": []},
    "ecs.ListContainerInstances": {"containerInstanceArns": []},
    "ecs.DescribeCapacityProviders": {"capacityProviders": []},
    "application-autoscaling.DescribeScalingActivities": {"ScalingActivities": []},
    "autoscaling.DescribeScalingActivities": {"Activities": []},
}


class Replay(AWS):
    """A text in the place of an answer is the code of a refusal."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        super().__init__(REGION)
        self.answers = {**NOTHING, **answers}
        self.given: Mapping[str, Any] = {}

    def _client(self, service: str) -> Any:
        client = self.session.client(service, **CREDENTIALS)
        client.meta.events.register("before-parameter-build", self.note)
        client.meta.events.register("before-call", self.answer)
        return client

    def note(self, params: Mapping[str, Any], **_: Any) -> None:
        self.given = params

    def answer(self, model: Any, **_: Any) -> tuple[Any, Mapping[str, Any]]:
        name = f"{model.service_model.service_name}.{model.name}"
        answer = self.answers[name]
        if isinstance(answer, str):
            said = {"Code": answer, "Message": f"User: u is not authorized to perform: {name}"}
            raise ClientError({"Error": said}, model.name)
        found = answer(self.given) if callable(answer) else answer
        validate_parameters(found, model.output_shape)
        return Accepted(), found


class Accepted:
    status_code = 200
