"""Why an action on a resource failed, in CloudFormation's words."""

import json
import uuid
from dataclasses import dataclass, field
from threading import Lock

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from deploy.ecs.evaluator import Resource
from deploy.ecs.rehearsal.cloud.cloudformation.physical import UnresolvedError
from deploy.ecs.rehearsal.cloud.resources import KINDS
from deploy.ecs.rehearsal.cloud.resources.calls import PropertyError
from deploy.ecs.rehearsal.cloud.resources.kind import Properties
from deploy.ecs.rehearsal.cloud.scheduler import NotStabilizedError


class ActionError(Exception):
    """The text is the reason that the event shows."""


# What making, changing and deleting a resource may raise.
ERRORS = (
    BotoCoreError,
    ClientError,
    KeyError,
    NotStabilizedError,
    PropertyError,
    ResponseParserError,  # what moto could not answer is no XML or JSON
    UnresolvedError,
)
CODES = {
    "AccessDenied": "AccessDenied",
    "AlreadyExist": "AlreadyExists",
    "Duplicate": "AlreadyExists",
    "Conflict": "AlreadyExists",
    "InUse": "AlreadyExists",
    "NotFound": "NotFound",
    "NoSuch": "NotFound",
}


def handled(message: str, code: str) -> str:
    token = uuid.uuid4()
    told = f'Resource handler returned message: "{message}"'
    return f"{told} (RequestToken: {token}, HandlerErrorCode: {code})"


def taken(resource: Resource, properties: Properties) -> str:
    name = KINDS[resource.type].name
    whole = json.dumps({f"/properties/{name}": properties.get(name)}, separators=(",", ":"))
    message = f"Resource of type '{resource.type}' with identifier '{whole}' already exists."
    return handled(message, "AlreadyExists")


def reason(error: Exception, resource: Resource, properties: Properties) -> str:
    if isinstance(error, NotStabilizedError):
        return handled(str(error), "GeneralServiceException")
    if isinstance(error, ClientError):
        return _of_service(error, resource, properties)
    if isinstance(error, ResponseParserError):
        return handled("Internal Failure", "InternalFailure")
    if isinstance(error, UnresolvedError):
        return str(error)
    told = f"#: required key [{error.args[0]}] not found" if isinstance(error, KeyError) else error
    return f"Properties validation failed for resource {resource.logical_id} with message:\n{told}"


def _of_service(error: ClientError, resource: Resource, properties: Properties) -> str:
    kind, answer = KINDS[resource.type], dict(error.response)
    code = str(answer["Error"].get("Code", ""))
    found = next((each for part, each in CODES.items() if part in code), "InvalidRequest")
    if found == "AlreadyExists" and kind.name and error.operation_name.startswith("Create"):
        return taken(resource, properties)
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    service = kind.service.title().replace("-", "")
    where = f"(Service: {service}, Status Code: {status}, Request ID: {uuid.uuid4()})"
    return handled(f"{answer['Error'].get('Message', code)} {where}", found)


@dataclass
class Fault:
    what: str  # a logical id or a type
    action: str
    message: str
    times: int


@dataclass
class Faults:
    """Failures that a test asks for."""

    _asked: list[Fault] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def ask(self, what: str, action: str, message: str, times: int) -> None:
        with self._lock:
            self._asked.append(Fault(what, action, message, times))

    def check(self, logical_id: str, type_name: str, action: str) -> None:
        """Raises ActionError."""
        with self._lock:
            for fault in self._asked:
                if fault.times and fault.action == action and fault.what in (logical_id, type_name):
                    fault.times -= 1
                    raise ActionError(fault.message)
